// SPDX-License-Identifier: Apache-2.0
#include "models/mono/input.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {
namespace {

double scale_of(const SizeRule& rule, Size image) {
  const double by_width = static_cast<double>(rule.target_px) / image.width;
  const double by_height = static_cast<double>(rule.target_px) / image.height;
  switch (rule.method) {
    case SizeMethod::lower_bound:
      return std::max(by_width, by_height);
    case SizeMethod::upper_bound:
      return std::min(by_width, by_height);
    case SizeMethod::minimal:
      return std::abs(1 - by_width) < std::abs(1 - by_height) ? by_width : by_height;
  }
  throw Error("network input", "unknown size rule");
}

int side(const SizeRule& rule, double scaled) {
  const double units = scaled / rule.multiple_px;
  // nearbyint rounds half to even, as the published programs do.
  int pixels = rule.multiple_px * static_cast<int>(std::nearbyint(units));
  if (rule.method == SizeMethod::lower_bound && pixels < rule.target_px)
    pixels = rule.multiple_px * static_cast<int>(std::ceil(units));
  if (rule.method == SizeMethod::upper_bound && pixels > rule.target_px)
    pixels = rule.multiple_px * static_cast<int>(std::floor(units));
  return std::max(pixels, rule.least_px);
}

}  // namespace

Size network_size(const SizeRule& rule, Size image) {
  if (image.width < 1 || image.height < 1) throw Error("network input", "an image of no pixels");
  const double scale = scale_of(rule, image);
  return {side(rule, scale * image.width), side(rule, scale * image.height)};
}

ChannelNormalisation imagenet_normalisation() { return {{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}}; }

Tensor image_tensor(MapView<const std::uint8_t, 3> rgb, at::ScalarType type) {
  // LibTorch takes a plain pointer; the conversion copies before anything could write.
  auto* values = const_cast<std::uint8_t*>(rgb.data());
  const Tensor interleaved = at::from_blob(values, {1, rgb.height(), rgb.width(), 3},
                                           {rgb.row_stride() * rgb.height(), rgb.row_stride(), 3, 1},
                                           at::TensorOptions().dtype(at::kByte));
  return interleaved.permute({0, 3, 1, 2}).to(type, false, true, at::MemoryFormat::Contiguous);
}

Tensor network_input(MapView<const std::uint8_t, 3> rgb, Size size,
                     const ChannelNormalisation& normalisation) {
  if (rgb.empty()) throw Error("network input", "an image of no pixels");
  Tensor values =
      bicubic(image_tensor(rgb, at::kDouble).div_(255.0), size.height, size.width, Corners::half_pixel);
  for (int c = 0; c < 3; ++c)
    values.select(1, c).sub_(normalisation.mean[c]).div_(normalisation.deviation[c]);
  return values.to(at::kFloat);
}

Map<float> to_map(const Tensor& values) {
  const Tensor plain = values.to(at::kCPU, at::kFloat).contiguous();
  Map<float> map(static_cast<int>(plain.size(-1)), static_cast<int>(plain.size(-2)));
  if (static_cast<std::size_t>(plain.numel()) != map.pixels())
    throw Error("network output", to_text(values.sizes()) + " is not one map");
  std::copy(plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel(), map.data());
  return map;
}

}  // namespace vd::nn
