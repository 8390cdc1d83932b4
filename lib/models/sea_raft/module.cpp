// SPDX-License-Identifier: Apache-2.0
#include "models/sea_raft/module.h"

#include <cmath>

#include "nn/convex_upsample.h"
#include "nn/padding.h"
#include "nn/resample.h"

namespace vd::nn {
namespace {

ResidualEncoder encoder(const Parameters& at, const SeaRaftConfig& config, std::int64_t in) {
  ResidualEncoderOptions options;
  options.in = in;
  options.stem = config.stem;
  for (std::size_t k = 0; k < config.stage_widths.size(); ++k)
    options.stages.push_back({config.stage_widths[k], k == 0 ? 1 : 2, config.blocks.at(k), 0});
  options.out = 2 * config.width;
  options.out_name = "final_conv";
  options.norm_name = "bn";
  return ResidualEncoder(at, options);
}

MotionEncoder motion_encoder(const Parameters& at, const SeaRaftConfig& config) {
  const std::int64_t side = 2 * config.correlation_radius + 1;
  const std::int64_t d = config.width;
  return MotionEncoder(at, {config.correlation_levels * side * side, {2 * d, 3 * d / 2}, {d, d / 2}, d - 2});
}

Tensor normalised(const Tensor& images) {
  expect_shape(images, {-1, 3, -1, -1}, "images of SEA-RAFT");
  return 2 * (images / 255.0) - 1.0;
}

/// Sizes of resized images as the public programs compute them.
Tensor resized(const Tensor& images, double factor) {
  const auto scaled = [factor](std::int64_t n) {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(n) * factor));
  };
  return at::upsample_bilinear2d(images, Shape{scaled(images.size(2)), scaled(images.size(3))}, false, factor,
                                 factor);
}

}  // namespace

NarrowingConvNext::NarrowingConvNext(const Parameters& at, std::int64_t in, std::int64_t out)
    : gamma_(at.take("gamma", {in}, Init::ones)),
      depthwise_(at / "dwconv", in, in, 7, {1, 3, in, true}),
      final_(conv1x1(at / "final", in, out)),
      norm_(at / "norm", in, 1e-6),
      expand_(at / "pwconv1", in, 4 * out, true, Init::fan_in_uniform),
      shrink_(at / "pwconv2", 4 * out, in, true, Init::fan_in_uniform) {}

Tensor NarrowingConvNext::operator()(const Tensor& x) const {
  const Tensor pixels = norm_(depthwise_(x).permute({0, 2, 3, 1}));
  const Tensor change = gamma_ * shrink_(at::gelu(expand_(pixels)));
  return final_(x + change.permute({0, 3, 1, 2}));
}

SeaRaft::SeaRaft(const Parameters& parameters, const SeaRaftConfig& config)
    : config_(config),
      context_(encoder(parameters / "cnet", config, 6)),
      features_(encoder(parameters / "fnet", config, 3)),
      first_(conv3x3(parameters / "init_conv", 2 * config.width, 2 * config.width)),
      upsample_head_(conv3x3(parameters / "upsample_weight" / 0, config.width, 2 * config.width),
                     conv1x1(parameters / "upsample_weight" / 2, 2 * config.width, 9 * 8 * 8)),
      flow_head_(conv3x3(parameters / "flow_head" / 0, config.width, 2 * config.width),
                 conv3x3(parameters / "flow_head" / 2, 2 * config.width, 6)),
      motion_(motion_encoder(parameters / "update_block" / "encoder", config)) {
  for (std::int64_t k = 0; k < config.refinements; ++k)
    refinements_.emplace_back(parameters / "update_block" / "refine" / k, 3 * config.width, config.width);
}

Tensor SeaRaft::features(const Tensor& images) const { return features_(normalised(images)); }

Tensor SeaRaft::context(const Tensor& from, const Tensor& to) const {
  return first_(context_(at::cat({normalised(from), normalised(to)}, 1)));
}

SeaRaftFlow SeaRaft::flow(const Tensor& first, const Tensor& second, const Tensor& start,
                          const SeaRaftRun& run) const {
  Tensor state = start.narrow(1, 0, config_.width);
  const Tensor context = start.narrow(1, config_.width, config_.width);
  Tensor head = flow_head_(state);
  Tensor coarse = head.narrow(1, 0, 2);
  if (run.iterations > 0) {
    const Correlation correlation(
        first, second, {config_.correlation_levels, config_.correlation_radius, run.most_table_bytes});
    const Tensor grid = pixel_grid(first);
    for (int k = 0; k < run.iterations; ++k) {
      const Tensor input = at::cat({context, motion_(correlation(grid + coarse), coarse)}, 1);
      for (const NarrowingConvNext& refine : refinements_) state = refine(at::cat({state, input}, 1));
      head = flow_head_(state);
      coarse = coarse + head.narrow(1, 0, 2);
    }
  }
  // The info is that of the last iteration alone; only the flow is a sum.
  const Tensor logits = 0.25 * upsample_head_(state);
  const Tensor fine = convex_upsample(at::cat({8 * coarse, head.narrow(1, 2, 4)}, 1), logits, 8);
  return {fine.narrow(1, 0, 2), fine.narrow(1, 2, 4)};
}

SeaRaftFlow estimate_flow(const SeaRaft& network, const Tensor& from, const Tensor& to,
                          const SeaRaftRun& run) {
  expect_shape(to, from.sizes(), "second image of SEA-RAFT");
  const Padding padding = padding_to_multiple(from.size(2), from.size(3), 8, 128, PaddingPlace::centred);
  const Tensor first = pad_repeating(from, padding);
  const Tensor second = pad_repeating(to, padding);
  const SeaRaftFlow flow =
      network.flow(network.features(first), network.features(second), network.context(first, second), run);
  return {crop(flow.flow, padding), crop(flow.info, padding)};
}

SeaRaftFlow estimate_flow_at_scale(const SeaRaft& network, const Tensor& from, const Tensor& to,
                                   const SeaRaftRun& run, int power) {
  if (power == 0) return estimate_flow(network, from, to, run);
  const double factor = std::pow(2.0, power);
  const SeaRaftFlow flow = estimate_flow(network, resized(from, factor), resized(to, factor), run);
  // To the given size, where the public programs may end a pixel short of an odd one.
  const Shape size = {from.size(2), from.size(3)};
  return {bilinear(flow.flow, size[0], size[1], Corners::half_pixel) / factor,
          at::adaptive_avg_pool2d(flow.info, size)};
}

}  // namespace vd::nn
