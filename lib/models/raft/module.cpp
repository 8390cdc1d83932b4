// SPDX-License-Identifier: Apache-2.0
#include "models/raft/module.h"

#include "nn/convex_upsample.h"
#include "nn/resample.h"

namespace vd::nn {
namespace {

Parameters unwrapped(const Parameters& parameters) {
  // Public files were saved from a wrapper for several devices.
  return parameters.contains("module.fnet.conv1.weight") ? parameters / "module" : parameters;
}

ResidualEncoder encoder(const Parameters& at, const RaftConfig& config, Norm norm, std::int64_t out) {
  ResidualEncoderOptions options;
  options.stem = config.encoder_widths.at(0);
  for (std::size_t k = 0; k < config.encoder_widths.size(); ++k)
    options.stages.push_back(
        {config.encoder_widths[k], k == 0 ? 1 : 2, 2, config.is_small ? config.bottlenecks.at(k) : 0});
  options.out = out;
  options.norm = norm;
  return ResidualEncoder(at, options);
}

MotionEncoder motion_encoder(const Parameters& at, const RaftConfig& config) {
  const std::int64_t side = 2 * config.correlation_radius + 1;
  return MotionEncoder(at, {config.correlation_levels * side * side, config.motion_correlation,
                            config.motion_flow, config.motion_channels});
}

std::vector<ConvGru> recurrent_units(const Parameters& at, const RaftConfig& config) {
  GruOptions options{config.hidden_channels, config.context_channels, config.motion_channels + 2};
  if (config.is_small) return {ConvGru(at, options)};
  options.kernel_height = 1;
  options.kernel_width = 5;
  options.suffix = "1";
  std::vector<ConvGru> units = {ConvGru(at, options)};
  std::swap(options.kernel_height, options.kernel_width);
  options.suffix = "2";
  units.emplace_back(at, options);
  return units;
}

Tensor normalised(const Tensor& images) {
  expect_shape(images, {-1, 3, -1, -1}, "images of RAFT");
  return 2 * (images / 255.0) - 1.0;
}

}  // namespace

Raft::Raft(const Parameters& parameters, const RaftConfig& config)
    : config_(config),
      features_(encoder(unwrapped(parameters) / "fnet", config, Norm::instance, config.feature_channels)),
      context_(encoder(unwrapped(parameters) / "cnet", config, config.is_small ? Norm::none : Norm::batch,
                       config.hidden_channels + config.context_channels)) {
  const Parameters at = unwrapped(parameters) / "update_block";
  motion_ = motion_encoder(at / "encoder", config);
  units_ = recurrent_units(at / "gru", config);
  const Parameters head = at / "flow_head";
  flow_head_ = TwoConvolutions(conv3x3(head / "conv1", config.hidden_channels, config.flow_head_channels),
                               conv3x3(head / "conv2", config.flow_head_channels, 2));
  if (config.is_small) return;
  const Parameters mask = at / "mask";
  mask_head_ = TwoConvolutions(conv3x3(mask / 0, config.hidden_channels, config.mask_head_channels),
                               conv1x1(mask / 2, config.mask_head_channels, 9 * 8 * 8));
}

Tensor Raft::features(const Tensor& images) const { return features_(normalised(images)); }

Tensor Raft::raw_context(const Tensor& images) const { return context_(normalised(images)); }

RaftContext Raft::context(const Tensor& images) const {
  const Tensor raw = raw_context(images);
  return {at::tanh(raw.narrow(1, 0, config_.hidden_channels)),
          at::relu(raw.narrow(1, config_.hidden_channels, config_.context_channels))};
}

std::vector<Tensor> Raft::prepare(const Tensor& context) const {
  std::vector<Tensor> prepared;
  for (const ConvGru& unit : units_) prepared.push_back(unit.prepare(context));
  return prepared;
}

RaftFlow Raft::flow(const Tensor& first, const Tensor& second, const RaftContext& context,
                    const RaftRun& run) const {
  const Correlation correlation(
      first, second, {config_.correlation_levels, config_.correlation_radius, run.most_table_bytes});
  const Tensor grid = pixel_grid(first);
  const std::vector<Tensor> prepared = prepare(context.context);
  RaftFlow result;
  result.hidden = context.hidden;
  result.coarse = run.initial_flow.defined() ? run.initial_flow.to(grid.options()) : at::zeros_like(grid);
  expect_shape(result.coarse, grid.sizes(), "initial flow of RAFT");
  for (int k = 0; k < run.iterations; ++k) {
    const Tensor motion = motion_(correlation(grid + result.coarse), result.coarse);
    for (std::size_t unit = 0; unit < units_.size(); ++unit)
      result.hidden = units_[unit](result.hidden, prepared[unit], motion);
    result.coarse = result.coarse + flow_head_(result.hidden);
  }
  if (mask_head_) {
    result.logits = 0.25 * (*mask_head_)(result.hidden);
    result.flow = convex_upsample(8 * result.coarse, result.logits, 8);
  } else {
    result.flow = 8 * bilinear(result.coarse, 8 * first.size(2), 8 * first.size(3), Corners::aligned);
  }
  return result;
}

RaftFlow estimate_flow(const Raft& network, const Tensor& from, const Tensor& to,
                       const RaftPairOptions& options) {
  expect_shape(to, from.sizes(), "second image of RAFT");
  const Padding padding = padding_to_multiple(from.size(2), from.size(3), 8, 128, options.padding);
  const Tensor first = pad_repeating(from, padding);
  const Tensor second = pad_repeating(to, padding);
  RaftFlow flow =
      network.flow(network.features(first), network.features(second), network.context(first), options.run);
  flow.flow = crop(flow.flow, padding);
  return flow;
}

}  // namespace vd::nn
