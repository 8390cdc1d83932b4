// SPDX-License-Identifier: Apache-2.0
#include "report/requirement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"

namespace vd {
namespace {

constexpr const char* kBlanks = " \t\n";

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

MisuseError misread(const std::string& text, const std::string& why) {
  return {"--require", fmt::format("'{}': {}; write for example 'ate<=0.05'", text, why)};
}

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.';
  });
}

double parse_bound(const std::string& whole, std::string text) {
  double unit = 1;
  if (!text.empty() && text.back() == '%') {
    unit = 0.01;
    text = trimmed(text.substr(0, text.size() - 1));
  }
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value))
    throw misread(whole, fmt::format("'{}' is no number", text));
  return unit * value;
}

bool ends_with_components(const std::string& name, const std::string& tail) {
  if (name == tail) return true;
  return name.size() > tail.size() && name[name.size() - tail.size() - 1] == '.' &&
         name.compare(name.size() - tail.size(), tail.size(), tail) == 0;
}

}  // namespace

Requirement parse_requirement(const std::string& text) {
  using Comparison = Requirement::Comparison;
  const auto at = text.find_first_of("<>=");
  if (at == std::string::npos) throw misread(text, "has no comparison");
  const bool has_two = at + 1 < text.size() && text[at + 1] == '=';
  Requirement requirement;
  requirement.text = trimmed(text);
  requirement.metric = trimmed(text.substr(0, at));
  if (!is_name(requirement.metric)) throw misread(text, "names no metric");
  switch (text[at]) {
    case '<':
      requirement.comparison = has_two ? Comparison::at_most : Comparison::less;
      break;
    case '>':
      requirement.comparison = has_two ? Comparison::at_least : Comparison::greater;
      break;
    default:
      requirement.comparison = Comparison::equal;
      break;
  }
  requirement.bound = parse_bound(text, trimmed(text.substr(at + (has_two ? 2 : 1))));
  return requirement;
}

std::vector<Requirement> parse_requirements(const std::string& text) {
  std::vector<Requirement> requirements;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::size_t word = std::min(text.find(" and ", begin), text.size());
    const std::size_t end = std::min(comma, word);
    requirements.push_back(parse_requirement(text.substr(begin, end - begin)));
    begin = end + (end == comma ? 1 : 5);
    if (end == comma && comma < text.size() && begin >= text.size()) throw misread(text, "ends in a comma");
  }
  return requirements;
}

const Metric& find_metric(const std::vector<Metric>& metrics, const std::string& name,
                          const std::vector<std::string>& preferred) {
  std::vector<const Metric*> found;
  for (const Metric& metric : metrics) {
    if (metric.name == name) return metric;
    if (ends_with_components(metric.name, name)) found.push_back(&metric);
  }
  if (found.size() == 1) return *found.front();
  std::vector<std::string> names;
  if (found.empty()) {
    for (const Metric& metric : metrics) {
      const std::string last = metric.name.substr(metric.name.rfind('.') + 1);
      if (std::find(names.begin(), names.end(), last) == names.end()) names.push_back(last);
    }
    throw MisuseError("--require", fmt::format("there is no metric '{}' here; there are: {}", name,
                                               fmt::join(names, ", ")));
  }
  for (const std::string& prefix : preferred) {
    for (const Metric* metric : found) {
      if (metric->name == prefix + "." + name) return *metric;
    }
  }
  for (const Metric* metric : found) names.push_back(metric->name);
  throw MisuseError("--require", fmt::format("'{}' may mean {}", name, fmt::join(names, ", ")));
}

bool holds(const Requirement& requirement, double value) {
  switch (requirement.comparison) {
    case Requirement::Comparison::less:
      return value < requirement.bound;
    case Requirement::Comparison::at_most:
      return value <= requirement.bound;
    case Requirement::Comparison::greater:
      return value > requirement.bound;
    case Requirement::Comparison::at_least:
      return value >= requirement.bound;
    case Requirement::Comparison::equal:
      return value == requirement.bound;
  }
  return false;
}

}  // namespace vd
