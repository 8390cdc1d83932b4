// SPDX-License-Identifier: Apache-2.0
#include "nn/track_encoder.h"

#include <algorithm>

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {
namespace {

constexpr std::int64_t kFramesAtOnce = 8;

ResidualEncoderOptions stages_of(std::int64_t channels) {
  ResidualEncoderOptions options;
  options.stem = channels / 2;
  options.stages = {{channels / 2, 1}, {channels / 4 * 3, 2}, {channels, 2}, {channels, 2}};
  options.norm = Norm::instance;
  return options;
}

std::int64_t fused_channels(std::int64_t channels) {
  std::int64_t sum = 0;
  for (const ResidualStage& stage : stages_of(channels).stages) sum += stage.width;
  return sum;
}

}  // namespace

TrackEncoder::TrackEncoder(const Parameters& at, std::int64_t channels)
    : stages_(at, stages_of(channels)),
      fuse_(conv3x3(at / "conv2", fused_channels(channels), 2 * channels)),
      last_(conv1x1(at / "conv3", 2 * channels, channels)) {}

Tensor TrackEncoder::encode(const Tensor& frames) const {
  std::vector<Tensor> levels = stages_.stages(2 * (frames / 255.0) - 1.0);
  for (Tensor& level : levels)
    level = bilinear(level, frames.size(2) / 4, frames.size(3) / 4, Corners::aligned);
  return last_(at::relu(instance_normalised(fuse_(at::cat(levels, 1)))));
}

Tensor TrackEncoder::operator()(const Tensor& frames) const {
  expect_shape(frames, {-1, 3, -1, -1}, "frames to track points in");
  if (frames.size(2) % 4 != 0 || frames.size(3) % 4 != 0)
    throw Error("frames to track points in", to_text(frames.sizes()) + " is not a multiple of 4 pixels");
  std::vector<Tensor> parts;
  for (std::int64_t first = 0; first < frames.size(0); first += kFramesAtOnce)
    parts.push_back(encode(frames.narrow(0, first, std::min(kFramesAtOnce, frames.size(0) - first))));
  return at::cat(parts, 0);
}

}  // namespace vd::nn
