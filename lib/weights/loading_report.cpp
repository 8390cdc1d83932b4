// SPDX-License-Identifier: Apache-2.0
#include "weights/loading_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "core/error.h"

namespace vd {
namespace {

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_ignored(std::string_view name, const LoadingRules& rules) {
  return std::any_of(rules.ignored_prefixes.begin(), rules.ignored_prefixes.end(),
                     [&](const std::string& prefix) { return starts_with(name, prefix); }) ||
         std::any_of(rules.ignored_suffixes.begin(), rules.ignored_suffixes.end(),
                     [&](const std::string& suffix) { return ends_with(name, suffix); });
}

/// The name that a network gives a tensor of the file.
std::string_view network_name(std::string_view name, const LoadingRules& rules) {
  return starts_with(name, rules.dropped_prefix) ? name.substr(rules.dropped_prefix.size()) : name;
}

/// Tensors by the name a network gives them, aliases of the file included.
std::unordered_map<std::string, const TensorView*> tensors_by_name(const WeightFile& weights,
                                                                   const LoadingRules& rules) {
  std::unordered_map<std::string, const TensorView*> by_name;
  for (const TensorView& tensor : weights.tensors) {
    by_name.emplace(network_name(tensor.name, rules), &tensor);
  }
  for (const auto& [alias, name] : weights.aliases) {
    if (const TensorView* const tensor = weights.find(name))
      by_name.emplace(network_name(alias, rules), tensor);
  }
  return by_name;
}

/// Counters of training steps, which nothing reads, are stored as a number or as a list of one.
bool fits(const TensorView& tensor, const ExpectedTensor& wanted) {
  const std::vector<std::int64_t> one = {1};
  return tensor.shape == wanted.shape ||
         (wanted.may_be_missing && wanted.shape.empty() && tensor.shape == one);
}

std::string first_names(const std::vector<std::string>& names, std::size_t most) {
  const std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > most ? ", ..." : "");
}

}  // namespace

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

LoadingReport compare_weights(const WeightFile& weights, Span<const ExpectedTensor> expected,
                              const LoadingRules& rules) {
  const auto by_name = tensors_by_name(weights, rules);
  const auto find = [&](const std::string& name) {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
  };
  LoadingReport report;
  std::unordered_set<const TensorView*> used;
  for (const ExpectedTensor& wanted : expected) {
    // Both names of a pair may be there: the twin is then used as well, not unexpected.
    const TensorView* tensor = find(wanted.name);
    if (tensor != nullptr) used.insert(tensor);
    for (const std::string& twin : wanted.twins) {
      const TensorView* const other = find(twin);
      if (other == nullptr) continue;
      used.insert(other);
      if (tensor == nullptr) tensor = other;
    }
    if (tensor == nullptr && !wanted.may_be_missing) report.missing.push_back(wanted.name);
    if (tensor != nullptr && !fits(*tensor, wanted)) {
      report.misshapen.push_back({wanted.name, wanted.shape, tensor->shape});
      tensor = nullptr;
    }
    report.found.push_back(tensor);
  }
  for (const TensorView& tensor : weights.tensors) {
    if (used.count(&tensor) > 0) continue;
    const bool ignored = is_ignored(network_name(tensor.name, rules), rules);
    (ignored ? report.ignored : report.unexpected).push_back(tensor.name);
  }
  return report;
}

std::string summary(const LoadingReport& report, std::size_t names_each) {
  std::vector<std::string> parts;
  if (!report.missing.empty()) {
    parts.push_back(
        fmt::format("{} missing ({})", report.missing.size(), first_names(report.missing, names_each)));
  }
  if (!report.unexpected.empty()) {
    parts.push_back(fmt::format("{} unexpected ({})", report.unexpected.size(),
                                first_names(report.unexpected, names_each)));
  }
  if (!report.misshapen.empty()) {
    std::vector<std::string> names;
    for (const auto& one : report.misshapen) {
      names.push_back(
          fmt::format("{} is {} instead of {}", one.name, shape_text(one.found), shape_text(one.expected)));
    }
    parts.push_back(fmt::format("{} misshapen ({})", names.size(), first_names(names, names_each)));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

void require_complete(const LoadingReport& report, const WeightFile& weights, const std::string& network) {
  if (report.is_complete()) return;
  throw Error(weights.where, fmt::format("does not fit {}: {}", network, summary(report)));
}

}  // namespace vd
