// SPDX-License-Identifier: Apache-2.0
#include "nn/dpt.h"

#include <algorithm>

#include "nn/resample.h"

namespace vd::nn {

ResidualConvUnit::ResidualConvUnit(const Parameters& at, std::int64_t features, bool rectified_skip)
    : conv1_(conv3x3(at / "conv1", features, features)),
      conv2_(conv3x3(at / "conv2", features, features)),
      rectified_skip_(rectified_skip) {}

Tensor ResidualConvUnit::operator()(const Tensor& x) const {
  // In place: at full resolution each of these maps is hundreds of megabytes.
  const Tensor rectified = at::relu(x);
  return conv2_(conv1_(rectified).relu_()).add_(rectified_skip_ ? rectified : x);
}

void ResidualConvUnit::skip(const Parameters& at, std::int64_t features) {
  for (const char* name : {"conv1", "conv2"}) {
    (at / name).skip("weight", {features, features, 3, 3}, Init::fan_in_uniform);
    (at / name).skip("bias", {features});
  }
}

FeatureFusion::FeatureFusion(const Parameters& at, const FusionOptions& o) : has_out_conv_(o.out_conv) {
  if (o.is_coarsest) {
    ResidualConvUnit::skip(at / "resConfUnit1", o.features);
  } else {
    unit1_ = ResidualConvUnit(at / "resConfUnit1", o.features, o.rectified_skip);
  }
  unit2_ = ResidualConvUnit(at / "resConfUnit2", o.features, o.rectified_skip);
  if (o.out_conv)
    out_conv_ = conv1x1(at / "out_conv", o.features, o.out_features > 0 ? o.out_features : o.features);
}

Tensor FeatureFusion::operator()(const Tensor& coarse, const Tensor& fine, std::int64_t height,
                                 std::int64_t width) const {
  const Tensor sum = fine.defined() ? coarse + unit1_(fine) : coarse;
  const Tensor resized = bilinear(unit2_(sum), height, width, Corners::aligned);
  return has_out_conv_ ? out_conv_(resized) : resized;
}

Reassemble::Reassemble(const Parameters& project, const Parameters& resize, std::int64_t in, std::int64_t out,
                       int level)
    : project_(conv1x1(project, in, out)), level_(level) {
  if (level == 0) enlarge_ = Upsampling(resize, out, out, 4);
  if (level == 1) enlarge_ = Upsampling(resize, out, out, 2);
  if (level == 3) shrink_ = Conv2d(resize, out, out, 3, {2, 1, 1, true});
}

Tensor Reassemble::operator()(const Tensor& x) const {
  const Tensor projected = project_(x);
  if (level_ < 2) return enlarge_(projected);
  return level_ == 3 ? shrink_(projected) : projected;
}

PyramidFusion::PyramidFusion(const Parameters& scratch, const PyramidOptions& o) : sizes_(o.sizes) {
  for (std::int64_t k = 0; k < 4; ++k) {
    const std::string number = std::to_string(k + 1);
    const std::string alias =
        o.layers_have_alias ? scratch.full("layer_rn." + std::to_string(k) + ".weight") : std::string();
    const auto features = [&](std::int64_t level) {
      return o.level_features.empty() ? o.features : o.level_features.at(level);
    };
    const Tensor weight = scratch.take_aliased("layer" + number + "_rn.weight", alias,
                                               {features(k), o.channels.at(k), 3, 3}, Init::fan_in_uniform);
    layers_.emplace_back(weight, Tensor(), ConvOptions{1, 1, 1, false});
    fusions_.emplace_back(scratch / ("refinenet" + number),
                          FusionOptions{features(k), features(std::max<std::int64_t>(k - 1, 0)), k == 3,
                                        o.out_conv, o.rectified_skip});
  }
}

Tensor PyramidFusion::operator()(const std::vector<Tensor>& levels) const {
  Tensor fused;
  for (int k = 3; k >= 0; --k) {
    const Tensor layer = layers_[k](levels.at(k));
    const bool doubles = k == 0 || sizes_ == LevelSizes::doubled_and_cropped;
    const std::int64_t height = doubles ? 2 * layer.size(2) : levels[k - 1].size(2);
    const std::int64_t width = doubles ? 2 * layer.size(3) : levels[k - 1].size(3);
    fused = k == 3 ? fusions_[k](layer, {}, height, width) : fusions_[k](fused, layer, height, width);
    if (k > 0) fused = fused.narrow(2, 0, levels[k - 1].size(2)).narrow(3, 0, levels[k - 1].size(3));
  }
  return fused;
}

DenseHead::DenseHead(const Parameters& first, const Parameters& second, const Parameters& third,
                     std::int64_t features, std::int64_t last, std::int64_t out, std::int64_t middle)
    : first_(conv3x3(first, features, middle > 0 ? middle : features / 2)),
      second_(conv3x3(second, middle > 0 ? middle : features / 2, last)),
      third_(conv1x1(third, last, out)) {}

Tensor DenseHead::operator()(const Tensor& x, std::int64_t height, std::int64_t width, bool aligned) const {
  const Tensor resized = bilinear(first_(x), height, width, aligned ? Corners::aligned : Corners::half_pixel);
  return third_(at::relu(second_(resized)));
}

}  // namespace vd::nn
