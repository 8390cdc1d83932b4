// SPDX-License-Identifier: Apache-2.0
#include "nn/tensor.h"

#include "core/error.h"

namespace vd::nn {

std::string to_text(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k ? ", " : "") + std::to_string(shape[k]);
  return text + "]";
}

void expect_shape(const Tensor& tensor, at::IntArrayRef shape, const char* what) {
  bool fits = tensor.dim() == static_cast<std::int64_t>(shape.size());
  for (std::size_t k = 0; fits && k < shape.size(); ++k)
    fits = shape[k] < 0 || tensor.size(static_cast<std::int64_t>(k)) == shape[k];
  if (!fits) throw Error(what, "has shape " + to_text(tensor.sizes()) + ", not " + to_text(shape));
}

}  // namespace vd::nn
