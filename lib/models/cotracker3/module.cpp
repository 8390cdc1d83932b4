// SPDX-License-Identifier: Apache-2.0
#include "models/cotracker3/module.h"

#include <algorithm>
#include <cmath>

namespace vd::nn {
namespace {

constexpr std::int64_t kStride = 4;
constexpr std::int64_t kCodeOctaves = 10;
constexpr std::int64_t kCodeChannels = 4 + 2 * 4 * kCodeOctaves;
constexpr double kHalfPi = 1.57079632679489661923;

std::int64_t input_channels(const CoTracker3Config& config) {
  return 2 + config.levels * config.correlation_channels + kCodeChannels;
}

/// Steps to the next frame and to the one before, and their sines at ten octaves: [T, N, 84].
Tensor motion_code(const Tensor& places, const Tensor& scale) {
  const std::int64_t frames = places.size(0);
  const Tensor step = (places.narrow(0, 0, frames - 1) - places.narrow(0, 1, frames - 1)) / scale;
  const Tensor none = at::zeros_like(places.narrow(0, 0, 1));
  const Tensor steps = at::cat({at::cat({step, none}, 0), at::cat({none, -step}, 0)}, -1);
  const Tensor octaves = at::pow(2.0, at::arange(kCodeOctaves, places.options()));
  const Tensor angles = (steps.unsqueeze(2) * octaves.unsqueeze(-1)).flatten(2);
  return at::cat({steps, at::sin(angles), at::sin(angles + kHalfPi)}, -1);
}

TrackTransformerOptions transformer_options(const CoTracker3Config& config) {
  TrackTransformerOptions options;
  options.in = input_channels(config);
  options.block = {config.width, config.heads, config.head_width, 4};
  options.time_blocks = config.time_blocks;
  options.space_blocks = config.space_blocks;
  options.virtual_tracks = config.virtual_tracks;
  return options;
}

}  // namespace

CoTracker3::CoTracker3(const Parameters& parameters, const CoTracker3Config& config)
    : config_(config),
      encoder_(parameters / "fnet", config.feature_channels),
      correlation_(parameters / "corr_mlp", config),
      transformer_(parameters / "updateformer", transformer_options(config)) {
  // A table of sines, which is computed here.
  parameters.skip("time_emb", {1, config.window, input_channels(config)});
}

FramePyramid CoTracker3::features(const Tensor& frames) const {
  const Tensor raw = raw_features(frames);
  return frame_pyramid(raw / at::sqrt(raw.square().sum(1, true).clamp_min(1e-12)), config_.levels);
}

/// Sines of the frame's number [T, D], stretched to the number of frames where it is not the window's.
Tensor CoTracker3::time_embedding(std::int64_t frames) const {
  const std::int64_t half = input_channels(config_) / 2;
  const Tensor place = at::arange(half, at::kDouble) / static_cast<double>(half);
  const Tensor angle = at::outer(at::arange(config_.window, at::kDouble), at::pow(10000.0, -place));
  const Tensor table = at::cat({at::sin(angle), at::cos(angle)}, 1).to(at::kFloat);
  if (frames == config_.window) return table;
  return at::upsample_linear1d(table.transpose(0, 1).unsqueeze(0), Shape{frames}, false)[0].transpose(0, 1);
}

TrackState CoTracker3::refine(const FramePyramid& pyramid, const std::vector<Tensor>& support,
                              TrackState state, int iterations) const {
  const auto options = state.places.options();
  const Tensor scale =
      at::stack({at::full({}, static_cast<double>(config_.model_width) / kStride, options),
                 at::full({}, static_cast<double>(config_.model_height) / kStride, options)});
  const Tensor time = time_embedding(state.places.size(0)).to(options).unsqueeze(1);
  for (int k = 0; k < iterations; ++k) {
    const Tensor known =
        at::cat({state.visibility.unsqueeze(-1), state.confidence.unsqueeze(-1),
                 correlation_(pyramid, state.places, support), motion_code(state.places, scale)},
                -1);
    const Tensor change = transformer_((known + time).transpose(0, 1)).transpose(0, 1);
    state.places = state.places + change.narrow(2, 0, 2);
    state.visibility = state.visibility + change.select(2, 2);
    state.confidence = state.confidence + change.select(2, 3);
  }
  return state;
}

TrackState resting(const TrackQueries& queries, std::int64_t frames) {
  const std::int64_t points = queries.place.size(0);
  const Tensor places = (queries.place / static_cast<double>(kStride)).unsqueeze(0);
  const auto options = queries.place.options();
  return {places.expand({frames, points, 2}).contiguous(), at::zeros({frames, points}, options),
          at::zeros({frames, points}, options)};
}

PointTracks readable(const TrackState& state) {
  return {state.places * static_cast<double>(kStride), at::sigmoid(state.visibility),
          at::sigmoid(state.confidence)};
}

PointTracks track_offline(const CoTracker3& network, const FramePyramid& video, const TrackQueries& queries,
                          int iterations) {
  const TrackState start = resting(queries, video[0].size(0));
  const auto support = network.correlation().support(video, queries.frame, start.places[0]);
  return readable(network.refine(video, support, start, iterations));
}

TrackState window_start(const CoTracker3& network, const TrackQueries& queries, const TrackState& before,
                        std::int64_t start) {
  const std::int64_t window = network.config().window;
  const std::int64_t step = window / 2, overlap = window - step;
  TrackState state = resting(queries, window);
  if (start == 0) return state;
  const auto carried = [&](const Tensor& past, const Tensor& rest) {
    const Tensor seen = past.narrow(0, start, overlap);
    std::vector<std::int64_t> size = seen.sizes().vec();
    size[0] = step;
    const Tensor all = at::cat({seen, seen.narrow(0, overlap - 1, 1).expand(size)}, 0);
    Tensor goes_on = (queries.frame < start + overlap).unsqueeze(0);
    if (all.dim() == 3) goes_on = goes_on.unsqueeze(-1);
    return at::where(goes_on, all, rest);
  };
  return {carried(before.places, state.places), carried(before.visibility, state.visibility),
          carried(before.confidence, state.confidence)};
}

PointTracks track_windowed(const CoTracker3& network, const FramePyramid& video, const TrackQueries& queries,
                           int iterations) {
  const std::int64_t frames = video[0].size(0), window = network.config().window, step = window / 2;
  const std::int64_t windows = frames <= window ? 1 : (frames - window + step - 1) / step + 1;
  const auto support = network.correlation().support(video, queries.frame, queries.place / kStride);
  TrackState all = resting(queries, frames);
  for (std::int64_t k = 0; k < windows; ++k) {
    const std::int64_t start = k * step;
    // Points of later frames come along, but there is nothing to compare them with yet.
    const Tensor begun = (queries.frame < start + window).to(queries.place.options()).reshape({-1, 1, 1});
    std::vector<Tensor> known;
    for (const Tensor& level : support) known.push_back(level * begun);
    const TrackState moved = network.refine(frames_of(video, start, window), known,
                                            window_start(network, queries, all, start), iterations);
    const std::int64_t count = std::min(frames - start, window);
    all.places.narrow(0, start, count).copy_(moved.places.narrow(0, 0, count));
    all.visibility.narrow(0, start, count).copy_(moved.visibility.narrow(0, 0, count));
    all.confidence.narrow(0, start, count).copy_(moved.confidence.narrow(0, 0, count));
  }
  return readable(all);
}

}  // namespace vd::nn
