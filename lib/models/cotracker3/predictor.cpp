// SPDX-License-Identifier: Apache-2.0
#include "models/cotracker3/predictor.h"

#include <algorithm>

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {
namespace {

/// x, y in pixels of one size in those of another, corners on corners.
Tensor rescaled(const Tensor& places, std::int64_t from_height, std::int64_t from_width,
                std::int64_t to_height, std::int64_t to_width) {
  const auto ratio = [](std::int64_t to, std::int64_t from) {
    return static_cast<double>(to - 1) / static_cast<double>(std::max<std::int64_t>(from - 1, 1));
  };
  return at::stack({places.select(-1, 0) * ratio(to_width, from_width),
                    places.select(-1, 1) * ratio(to_height, from_height)},
                   -1);
}

Tensor at_model_size(const CoTracker3& network, const Tensor& frames) {
  expect_shape(frames, {-1, 3, -1, -1}, "frames to track points in");
  return bilinear(frames, network.config().model_height, network.config().model_width, Corners::aligned);
}

TrackQueries grid(const CoTracker3& network, std::int64_t side, std::int64_t frame,
                  const at::TensorOptions& options) {
  const auto width = static_cast<double>(network.config().model_width);
  const auto height = static_cast<double>(network.config().model_height);
  const double margin = width / 64;
  const auto samples = [&](double length) {
    return side == 1 ? at::full({1}, length / 2, options)
                     : at::linspace(margin, length - margin, side, options);
  };
  const Tensor x = samples(width).unsqueeze(0).expand({side, side});
  const Tensor y = samples(height).unsqueeze(1).expand({side, side});
  return {at::full({side * side}, frame, options.dtype(at::kLong)), at::stack({x, y}, -1).reshape({-1, 2})};
}

TrackQueries joined(const TrackQueries& first, const TrackQueries& second) {
  return {at::cat({first.frame, second.frame}), at::cat({first.place, second.place})};
}

void check(const TrackQueries& queries, std::int64_t frames) {
  expect_shape(queries.place, {queries.frame.size(0), 2}, "places of queries");
  if (queries.frame.numel() == 0) throw Error("point queries", "there are none");
  if (queries.frame.min().item<std::int64_t>() < 0 || queries.frame.max().item<std::int64_t>() >= frames)
    throw Error("point queries", "ask for a frame that the video does not have");
}

/// Puts what a pass through the reversed video finds into the frames before each query.
void track_backward(const CoTracker3& network, const FramePyramid& video, const TrackQueries& queries,
                    int iterations, PointTracks& tracks) {
  const std::int64_t frames = video[0].size(0);
  FramePyramid reversed;
  for (const Tensor& level : video) reversed.push_back(level.flip(0));
  const PointTracks back =
      track_offline(network, reversed, {frames - 1 - queries.frame, queries.place}, iterations);
  const Tensor number = at::arange(frames, queries.frame.options()).unsqueeze(1);
  const Tensor before = number < queries.frame.unsqueeze(0);
  tracks.places = at::where(before.unsqueeze(-1), back.places.flip(0), tracks.places);
  tracks.visibility = at::where(before, back.visibility.flip(0), tracks.visibility);
}

/// Queries in pixels of the model; the first `points` of them are returned.
VisibleTracks predict(const CoTracker3& network, const Tensor& video, const TrackQueries& queries,
                      std::int64_t points, const PointPredictorOptions& options) {
  const FramePyramid pyramid = network.features(at_model_size(network, video));
  PointTracks tracks = track_offline(network, pyramid, queries, options.iterations);
  if (options.backward) track_backward(network, pyramid, queries, options.iterations, tracks);
  Tensor places = tracks.places.narrow(1, 0, points);
  Tensor visible = tracks.visibility.narrow(1, 0, points) > options.least_visibility;
  const Tensor number = at::arange(video.size(0), queries.frame.options()).unsqueeze(1);
  const Tensor is_query = number == queries.frame.narrow(0, 0, points).unsqueeze(0);
  places = at::where(is_query.unsqueeze(-1), queries.place.narrow(0, 0, points).unsqueeze(0), places);
  visible = at::logical_or(visible, is_query);
  const CoTracker3Config& config = network.config();
  return {rescaled(places, config.model_height, config.model_width, video.size(2), video.size(3)), visible};
}

}  // namespace

VisibleTracks predict_offline(const CoTracker3& network, const Tensor& video, const TrackQueries& queries,
                              const PointPredictorOptions& options) {
  check(queries, video.size(0));
  const CoTracker3Config& config = network.config();
  TrackQueries all = {queries.frame, rescaled(queries.place, video.size(2), video.size(3),
                                              config.model_height, config.model_width)};
  if (options.support_side > 0)
    all = joined(all, grid(network, options.support_side, 0, all.place.options()));
  return predict(network, video, all, queries.frame.size(0), options);
}

VisibleTracks predict_grid(const CoTracker3& network, const Tensor& video, std::int64_t side,
                           std::int64_t frame, const PointPredictorOptions& options) {
  const TrackQueries queries = grid(network, side, frame, video.options());
  check(queries, video.size(0));
  return predict(network, video, queries, side * side, options);
}

OnlineTracker::OnlineTracker(const CoTracker3& network, const TrackQueries& queries, std::int64_t height,
                             std::int64_t width, const OnlineTrackerOptions& options)
    : network_(&network),
      options_(options),
      height_(height),
      width_(width),
      points_(queries.frame.size(0)),
      queries_{queries.frame, rescaled(queries.place, height, width, network.config().model_height,
                                       network.config().model_width)} {
  if (options.support_side > 0)
    queries_ = joined(queries_, grid(network, options.support_side, 0, queries.place.options()));
}

/// Adds the features about those queries whose frame has come into view.
void OnlineTracker::gather_support(const FramePyramid& pyramid) {
  const std::int64_t window = network_->config().window;
  const std::int64_t left = start_ == 0 ? 0 : start_ + window / 2;
  const Tensor is_new = at::logical_and(queries_.frame >= left, queries_.frame < start_ + window);
  const Tensor frame = at::clamp(queries_.frame - start_, 0, window - 1);
  const auto found = network_->correlation().support(pyramid, frame, queries_.place / 4.0);
  const Tensor counts = is_new.to(queries_.place.options()).reshape({-1, 1, 1});
  for (std::size_t level = 0; level < found.size(); ++level) {
    if (support_.size() <= level) support_.push_back(at::zeros_like(found[level]));
    support_[level] = support_[level] + counts * found[level];
  }
}

VisibleTracks OnlineTracker::add(const Tensor& frames) {
  expect_shape(frames, {-1, 3, height_, width_}, "chunk of frames");
  const std::int64_t window = network_->config().window, step = window / 2, count = frames.size(0);
  if (count < 1 || count > window || (start_ > 0 && count <= window - step))
    throw Error("chunk of frames", "has " + std::to_string(count) + " frames; a window has " +
                                       std::to_string(window) + ", of which half are new");
  const FramePyramid pyramid = frames_of(network_->features(at_model_size(*network_, frames)), 0, window);
  gather_support(pyramid);
  const TrackState moved = network_->refine(
      pyramid, support_, window_start(*network_, queries_, so_far_, start_), options_.iterations);
  const auto extended = [&](const Tensor& past, const Tensor& now) {
    const Tensor seen = now.narrow(0, 0, count);
    return start_ == 0 ? seen : at::cat({past.narrow(0, 0, start_), seen}, 0);
  };
  so_far_ = {extended(so_far_.places, moved.places), extended(so_far_.visibility, moved.visibility),
             extended(so_far_.confidence, moved.confidence)};
  start_ += step;
  const PointTracks tracks = readable(so_far_);
  const Tensor certainty = (tracks.visibility * tracks.confidence).narrow(1, 0, points_);
  return {rescaled(tracks.places.narrow(1, 0, points_), network_->config().model_height,
                   network_->config().model_width, height_, width_),
          certainty > options_.least_certainty};
}

}  // namespace vd::nn
