// SPDX-License-Identifier: Apache-2.0
#include "core/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "core/error.h"

namespace vd {
namespace {

std::optional<double> parse_number(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end || !std::isfinite(value)) return {};
  return value;
}

double checked_number(const std::string& name, const std::string& text, const Range& range) {
  const auto value = parse_number(text);
  if (!value) throw MisuseError(name, fmt::format("'{}' is not a number", text));
  const bool low_ok = range.low_is_open ? *value > range.low : *value >= range.low;
  if (!low_ok || *value > range.high)
    throw MisuseError(name, fmt::format("{} is out of range ({})", text, range.text));
  return *value;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

Range range(double low, double high) { return {low, high, false, fmt::format("{:g}..{:g}", low, high)}; }
Range at_least(double low) { return {low, infinity, false, fmt::format(">= {:g}", low)}; }
Range positive() { return {0, infinity, true, "> 0"}; }
Range any_number() { return {-infinity, infinity, false, ""}; }

std::string long_name(const Option& option) { return option.name.substr(0, option.name.find(',')); }

bool Option::changes_part(const std::string& part) const {
  if (!changes_result) return false;
  return part.empty() || parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
}

Option& OptionTable::at(const std::string& name) {
  for (Option& option : options_)
    if (long_name(option) == name) return option;
  throw MisuseError(name, "there is no such option");
}

Option& OptionTable::append(Option option) {
  option.topic = topic_;
  option.parts = parts_;
  option.default_value = option.get();
  options_.push_back(std::move(option));
  return options_.back();
}

Option& OptionTable::add(const std::string& name, int& value, const Range& range, const std::string& help) {
  Option option{name, "int", help};
  option.range = range.text;
  option.set = [name = name.substr(0, name.find(',')), &value, range](const std::string& text) {
    const double number = checked_number(name, text, range);
    if (number != std::floor(number) || std::abs(number) > std::numeric_limits<int>::max()) {
      throw MisuseError(name, fmt::format("'{}' is not a whole number", text));
    }
    value = static_cast<int>(number);
  };
  option.get = [&value] { return std::to_string(value); };
  return append(std::move(option));
}

Option& OptionTable::add(const std::string& name, double& value, const Range& range,
                         const std::string& help) {
  Option option{name, "number", help};
  option.range = range.text;
  option.set = [name, &value, range](const std::string& text) { value = checked_number(name, text, range); };
  option.get = [&value] { return fmt::format("{}", value); };
  return append(std::move(option));
}

Option& OptionTable::add(const std::string& name, std::string& value, const std::string& help) {
  Option option{name, "text", help};
  option.set = [&value](const std::string& text) { value = text; };
  option.get = [&value] { return value; };
  return append(std::move(option));
}

Option& OptionTable::add(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  Option option{name, "list", help};
  option.set = [&values](const std::string& text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t comma = std::min(text.find(',', begin), text.size());
      if (comma > begin) values.push_back(text.substr(begin, comma - begin));
      begin = comma + 1;
    }
  };
  option.get = [&values] { return fmt::format("{}", fmt::join(values, ",")); };
  return append(std::move(option));
}

Option& OptionTable::add_size(const std::string& name, std::size_t& bytes, const std::string& help) {
  Option option{name, "size", help};
  option.set = [name, &bytes](const std::string& text) { bytes = parse_size(name, text); };
  option.get = [&bytes] { return std::to_string(bytes); };
  return append(std::move(option));
}

Option& OptionTable::flag(const std::string& name, bool& value, const std::string& help) {
  Option option{name, "flag", help};
  option.set = [name, &value](const std::string& text) {
    if (text != "true" && text != "false")
      throw MisuseError(name, fmt::format("'{}' is neither true nor false", text));
    value = text == "true";
  };
  option.get = [&value] { return std::string(value ? "true" : "false"); };
  return append(std::move(option));
}

Option& OptionTable::add_choice(const std::string& name, const std::vector<std::string>& words,
                                const std::string& help, std::function<void(std::size_t)> set,
                                std::function<std::string()> get) {
  Option option{name, "choice", help};
  option.choices = words;
  option.set = [name, words, set = std::move(set)](const std::string& text) {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) {
      throw MisuseError(name, fmt::format("'{}' is none of {}", text, fmt::join(words, ", ")));
    }
    set(static_cast<std::size_t>(found - words.begin()));
  };
  option.get = std::move(get);
  return append(std::move(option));
}

std::size_t parse_size(const std::string& option, const std::string& text) {
  static const std::string suffixes = "KMGT";
  std::string digits = text;
  double factor = 1;
  if (!digits.empty()) {
    const auto power =
        suffixes.find(static_cast<char>(std::toupper(static_cast<unsigned char>(digits.back()))));
    if (power != std::string::npos) {
      factor = std::pow(1024.0, static_cast<double>(power + 1));
      digits.pop_back();
    }
  }
  const auto value = parse_number(digits);
  if (!value || *value < 0 || *value * factor > 1e18) {
    throw MisuseError(option, fmt::format("'{}' is not a size such as 768M or 4G", text));
  }
  return static_cast<std::size_t>(*value * factor);
}

}  // namespace vd
