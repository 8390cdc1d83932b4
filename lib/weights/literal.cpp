// SPDX-License-Identifier: Apache-2.0
#include "weights/literal.h"

#include <fmt/format.h>

#include <cmath>

#include "weights/text_of_file.h"

namespace vd {

const Literal* Literal::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

const char* Literal::kind_word() const {
  switch (kind) {
    case Kind::none:
      return "nothing";
    case Kind::boolean:
      return "a truth value";
    case Kind::integer:
      return "an integer";
    case Kind::real:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
  }
  return "";
}

namespace {

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string json_text(const Literal& value) {
  switch (value.kind) {
    case Literal::Kind::none:
      return "null";
    case Literal::Kind::boolean:
      return value.boolean ? "true" : "false";
    case Literal::Kind::integer:
      return fmt::format("{}", value.integer);
    case Literal::Kind::real:
      return number_text(value.real);
    case Literal::Kind::text:
      return json_string(value.text);
    case Literal::Kind::list: {
      std::string text = "[";
      for (const Literal& item : value.items) text += (text.size() > 1 ? ", " : "") + json_text(item);
      return text + "]";
    }
    case Literal::Kind::object: {
      std::string text = "{";
      for (const auto& [name, member] : value.members) {
        text += (text.size() > 1 ? ", " : "") + json_string(name) + ": " + json_text(member);
      }
      return text + "}";
    }
  }
  return "";
}

}  // namespace vd
