// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/span.h"
#include "weights/weight_file.h"

namespace vd {

/// A parameter that a network has.
struct ExpectedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<std::string> twins;  // other names under which a file may hold it
  bool may_be_missing = false;     // of parts that are not used
};

/// What a file may hold beside that, and how its names differ.
struct LoadingRules {
  std::vector<std::string> ignored_prefixes;  // tensors that are known and not used
  std::vector<std::string> ignored_suffixes;  // such as ".num_batches_tracked"
  std::string dropped_prefix;                 // taken off every name that has it, such as "module."
};

/// How a file fits a network. Every tensor of the file is in one of: found, unexpected, ignored, misshapen.
struct LoadingReport {
  struct Misshapen {
    std::string name;
    std::vector<std::int64_t> expected;
    std::vector<std::int64_t> found;
  };
  std::vector<const TensorView*> found;  // as many as expected, in that order; null where there is none
  std::vector<std::string> missing;      // names as expected
  std::vector<std::string> unexpected;   // names as in the file
  std::vector<Misshapen> misshapen;
  std::vector<std::string> ignored;
  [[nodiscard]] bool is_complete() const {
    return missing.empty() && unexpected.empty() && misshapen.empty();
  }
};

/// Compares names and shapes; reads no numbers. The report points into weights.
[[nodiscard]] LoadingReport compare_weights(const WeightFile& weights, Span<const ExpectedTensor> expected,
                                            const LoadingRules& rules = {});

/// One line: how many tensors are missing, unexpected and misshapen, and the first names of each; empty when
/// all fit.
[[nodiscard]] std::string summary(const LoadingReport& report, std::size_t names_each = 3);

/// Throws Error of that line, naming the file and the network, unless all fit.
void require_complete(const LoadingReport& report, const WeightFile& weights, const std::string& network);

/// "[1024, 3, 16, 16]"
[[nodiscard]] std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace vd
