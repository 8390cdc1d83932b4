// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "nn/parameters.h"
#include "weights/loading_report.h"
#include "weights/weight_file.h"

namespace vd::nn {

/// A tensor of a weight file, used in place where it is stored as wanted on the CPU, else converted.
[[nodiscard]] Tensor tensor_of(const TensorView& view, at::Device device = at::kCPU,
                               at::ScalarType type = at::kFloat);

/// The parameters of a weight file that has been compared with the network before (load_network).
class FileParameters : public ParameterSource {
 public:
  explicit FileParameters(const WeightFile& file, at::Device device = at::kCPU,
                          at::ScalarType type = at::kFloat)
      : file_(&file), device_(device), type_(type) {}
  Tensor take(const ParameterSpec& spec) override;
  [[nodiscard]] bool contains(const std::string& name) const override { return file_->find(name) != nullptr; }

 private:
  const WeightFile* file_;
  at::Device device_;
  at::ScalarType type_;
};

/// What a network asked for, as lib/weights compares it with a file.
[[nodiscard]] std::vector<ExpectedTensor> expected_tensors(const std::vector<ParameterSpec>& specs);

/// Builds a network from a weight file: lists what it wants, throws Error with the first missing, unexpected
/// and misshapen names unless the file is exactly that, and takes the values. make  builds the network from
/// Parameters; called twice
template <typename Make>
auto load_network(const WeightFile& file, const std::string& network, const LoadingRules& rules, Make make,
                  at::Device device = at::kCPU, at::ScalarType type = at::kFloat) {
  ParameterList list([&](const std::string& name) { return file.find(name) != nullptr; });
  (void)make(Parameters(list));
  require_complete(compare_weights(file, expected_tensors(list.specs()), rules), file, network);
  FileParameters source(file, device, type);
  return make(Parameters(source));
}

}  // namespace vd::nn
