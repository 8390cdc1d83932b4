// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/options.h"
#include "weights/weight_file.h"

namespace vd {

struct WeightReadOptions {
  bool read_args = true;
};
void describe(WeightReadOptions& options, OptionTable& table);

struct ConvertReport {
  std::size_t tensors = 0;  // stored
  std::size_t aliases = 0;  // further names of them
  std::uint64_t bytes = 0;  // of the elements
  double check_s = 0;
  double write_s = 0;
  std::vector<std::string> unknown_arguments;  // of the network's description, passed over
};

/// Rewrites weights as safetensors: every tensor with its name, type and shape; views are made contiguous,
/// and what shares memory exactly is stored once. The description of the network of a DUSt3R-like checkpoint
/// is kept as metadata. Throws Error when the input is not a good weight file, when its network is described
/// and options.read_args and the description is not one that vd can read, and when the views of a small file
/// would make a file more than 4 times as large (and 64 MiB).
ConvertReport convert_weights(const std::filesystem::path& from, const std::filesystem::path& to,
                              const WeightReadOptions& options);

/// The report as one JSON object; `to` is the file written.
[[nodiscard]] std::string conversion_json(const ConvertReport& report, const std::string& to);

/// Names, types and shapes, one tensor a line, after comment lines on the file; and the same as one JSON
/// object.
[[nodiscard]] std::string weight_list_text(const WeightFile& weights, const WeightReadOptions& options);
[[nodiscard]] std::string weight_list_json(const WeightFile& weights, const WeightReadOptions& options);

}  // namespace vd
