// SPDX-License-Identifier: Apache-2.0
#include "io/json_text.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace vd {

using nlohmann::json;

std::string one_line(std::string text) {
  constexpr std::size_t longest = 40;
  if (text.size() > longest) text = text.substr(0, longest) + "...";
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

json parse_json(std::string_view text, const std::string& where) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) throw Error(where, "empty file");
  constexpr int deepest = 64;
  int depth = 0;
  bool in_text = false;
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (in_text) {
      if (text[k] == '\\') ++k;
      if (k < text.size() && text[k] == '"') in_text = false;
      continue;
    }
    if (text[k] == '"') in_text = true;
    if (text[k] == '[' || text[k] == '{') ++depth;
    if (text[k] == ']' || text[k] == '}') --depth;
    if (depth > deepest) throw Error(where, "nested too deeply");
  }
  try {
    return json::parse(text);
  } catch (const json::exception& problem) {
    const auto* parse_problem = dynamic_cast<const json::parse_error*>(&problem);
    const std::string at = parse_problem ? " at byte " + std::to_string(parse_problem->byte) : std::string();
    throw Error(where, "truncated or damaged JSON" + at);
  }
}

}  // namespace vd
