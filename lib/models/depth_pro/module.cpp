// SPDX-License-Identifier: Apache-2.0
#include "models/depth_pro/module.h"

#include "nn/resample.h"

namespace vd::nn {

FieldOfView::FieldOfView(const Parameters& at, const DepthProConfig& c)
    : config_(c),
      encoder_(at / "encoder" / 0, c.transformer),
      narrow_(at / "encoder" / 1, c.transformer.block.width, c.features / 2),
      downsample_(at / "downsample" / 0, c.features, c.features / 2, 3, {2, 1, 1, true}),
      head0_(at / "head" / 0, c.features / 2, c.features / 4, 3, {2, 1, 1, true}),
      head2_(at / "head" / 2, c.features / 4, c.features / 8, 3, {2, 1, 1, true}),
      // What is left of the token grid after two halvings becomes one number.
      head4_(at / "head" / 4, c.features / 8, 1, c.transformer.grid / 4) {}

Tensor FieldOfView::operator()(const Tensor& image, const Tensor& lowest) const {
  const std::int64_t grid = config_.transformer.grid;
  const Tensor quarter = bilinear(image, config_.crop_px(), config_.crop_px(), Corners::half_pixel);
  const int last = static_cast<int>(config_.transformer.depth) - 1;
  const Tensor tokens = encoder_.blocks(encoder_.embed(quarter), {last}, true).at(0).patches;
  const Tensor sum = tokens_to_map(narrow_(tokens), grid, grid) + downsample_(lowest).relu_();
  return head4_(head2_(head0_(sum).relu_()).relu_());
}

DepthPro::DepthPro(const Parameters& parameters, const DepthProConfig& config)
    : config_(config),
      encoder_(parameters / "encoder", config),
      decoder_(parameters / "decoder", parameters / "head", config),
      field_of_view_(parameters / "fov", config) {}

DepthProPrediction DepthPro::operator()(const Tensor& image) const {
  const DepthProTokens tokens = encoder_.tokens(image);
  const Tensor lowest = decoder_.lowest(encoder_.features(tokens, 4));
  return {decoder_(encoder_, tokens, lowest), field_of_view_(image, lowest)};
}

}  // namespace vd::nn
