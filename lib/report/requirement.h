// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vd {

/// A measured number under a stable name: components apart by dots, from the general to the particular, such
/// as "depth.observed.abs_rel". NaN means that it is not defined here.
struct Metric {
  std::string name;
  double value = 0;
};

/// What --require demands of one metric.
struct Requirement {
  enum class Comparison { less, at_most, greater, at_least, equal };
  std::string text;    // as written
  std::string metric;  // full or short name
  Comparison comparison = Comparison::at_most;
  double bound = 0;
};

/// Reads "NAME OP NUMBER", with OP one of < <= > >= == =, blanks allowed around each; a number may end in %
/// (5% = 0.05). Throws MisuseError on anything else.
[[nodiscard]] Requirement parse_requirement(const std::string& text);

/// Several of them, apart by commas or "and".
[[nodiscard]] std::vector<Requirement> parse_requirements(const std::string& text);

/// The metric a name stands for: the full name, or its last components where they name only one ("ate" for
/// "poses.ate"). Where several metrics end alike, the first of the given prefixes decides ("abs_rel" with
/// preferred "depth.observed"). Throws MisuseError, naming the metrics there are, when none or several are
/// meant.
[[nodiscard]] const Metric& find_metric(const std::vector<Metric>& metrics, const std::string& name,
                                        const std::vector<std::string>& preferred = {});

/// True when the value is as demanded; NaN never is.
[[nodiscard]] bool holds(const Requirement& requirement, double value);

}  // namespace vd
