// SPDX-License-Identifier: Apache-2.0
#include "nn/file_parameters.h"

#include <set>

#include "core/error.h"

namespace vd::nn {
namespace {

at::ScalarType scalar_type(StoredType type) {
  switch (type) {
    case StoredType::f64:
      return at::kDouble;
    case StoredType::f32:
      return at::kFloat;
    case StoredType::f16:
      return at::kHalf;
    case StoredType::bf16:
      return at::kBFloat16;
    case StoredType::i64:
      return at::kLong;
    case StoredType::i32:
      return at::kInt;
    case StoredType::i16:
      return at::kShort;
    case StoredType::i8:
      return at::kChar;
    case StoredType::u8:
      return at::kByte;
    case StoredType::boolean:
      return at::kBool;
    default:
      throw Error("", std::string("weights of type ") + type_word(type) + " cannot be used");
  }
}

}  // namespace

Tensor tensor_of(const TensorView& view, at::Device device, at::ScalarType type) {
  const TensorView usable = packed(view);
  // The pages are mapped for reading only: LibTorch takes a plain pointer, and nothing here writes to
  // parameters.
  void* data = const_cast<std::byte*>(usable.data);
  const auto keep = usable.owner;
  const Tensor tensor = at::from_blob(
      data, usable.shape, [keep](void*) {}, at::TensorOptions().dtype(scalar_type(usable.type)));
  return tensor.to(device, type);
}

Tensor FileParameters::take(const ParameterSpec& spec) {
  if (!spec.used) return {};
  const TensorView* view = file_->find(spec.name);
  if (view == nullptr && !spec.alias.empty()) view = file_->find(spec.alias);
  if (view == nullptr) throw Error(file_->where, "has no " + spec.name);
  return tensor_of(*view, device_, type_);
}

std::vector<ExpectedTensor> expected_tensors(const std::vector<ParameterSpec>& specs) {
  std::vector<ExpectedTensor> expected;
  std::set<std::string> seen;
  for (const ParameterSpec& spec : specs) {
    if (!seen.insert(spec.name).second) continue;
    ExpectedTensor tensor{spec.name, spec.shape, {}, !spec.used};
    if (!spec.alias.empty()) tensor.twins.push_back(spec.alias);
    expected.push_back(tensor);
  }
  return expected;
}

}  // namespace vd::nn
