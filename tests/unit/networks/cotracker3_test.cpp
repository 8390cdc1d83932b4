// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "core/error.h"
#include "core/random.h"
#include "models/cotracker3/predictor.h"

using namespace vd;
using namespace vd::nn;

namespace {

CoTracker3 tiny_tracker(std::int64_t window) {
  CoTracker3Config config;
  config.feature_channels = 8;
  config.levels = 3;
  config.radius = 2;
  config.correlation_hidden = config.correlation_channels = 8;
  config.width = 16;
  config.heads = 2;
  config.head_width = 8;
  config.virtual_tracks = 3;
  config.window = window;
  config.model_height = 32;
  config.model_width = 48;
  RandomParameters random(11);
  return CoTracker3(Parameters(random), config);
}

Tensor random_video(std::int64_t frames, std::int64_t height, std::int64_t width) {
  Random random(2);
  Tensor video = at::empty({frames, 3, height, width}, at::kFloat);
  for (std::int64_t k = 0; k < video.numel(); ++k)
    video.data_ptr<float>()[k] = static_cast<float>(random.below(256));
  return video;
}

TrackQueries some_queries() {
  const Tensor frame = at::arange(4, at::kLong) * 2;
  const Tensor x = at::arange(4, at::kFloat) * 9 + 5;
  return {frame, at::stack({x, x * 0.5 + 7}, 1)};
}

double greatest_difference(const Tensor& a, const Tensor& b) {
  return (a - b).abs().max().to(at::kDouble).item<double>();
}

}  // namespace

TEST_CASE("a video of one window is tracked the same by all procedures", "[networks][property]") {
  const CoTracker3 network = tiny_tracker(8);
  const Tensor video = random_video(8, 32, 48);
  const FramePyramid pyramid = network.features(video);
  const PointTracks whole = track_offline(network, pyramid, some_queries(), 3);
  const PointTracks windowed = track_windowed(network, pyramid, some_queries(), 3);
  CHECK(greatest_difference(whole.places, windowed.places) < 1e-4);
  CHECK(greatest_difference(whole.confidence, windowed.confidence) < 1e-5);
  OnlineTracker online(network, some_queries(), 32, 48, {3, 0, 0.25});
  const VisibleTracks seen = online.add(video);
  CHECK(greatest_difference(whole.places, seen.places) < 1e-4);
  CHECK(at::equal(seen.visible, whole.visibility * whole.confidence > 0.25));
  CHECK(online.next_start() == 4);
}

TEST_CASE("the order of the points does not matter", "[networks][property]") {
  const CoTracker3 network = tiny_tracker(6);
  const FramePyramid video = network.features(random_video(9, 32, 48));
  const TrackQueries queries = some_queries();
  const TrackQueries turned = {queries.frame.flip(0), queries.place.flip(0)};
  // One step: after it, the sines of the motion code turn rounding into fractions of a pixel.
  const auto difference = [&](const PointTracks& one, const PointTracks& other, std::int64_t frames) {
    return greatest_difference(one.places.narrow(0, 0, frames), other.places.flip(1).narrow(0, 0, frames));
  };
  CHECK(difference(track_offline(network, video, queries, 1), track_offline(network, video, turned, 1), 9) <
        1e-4);
  CHECK(difference(track_windowed(network, video, queries, 1), track_windowed(network, video, turned, 1), 3) <
        1e-4);
}

TEST_CASE("a predicted track is at its query, in pixels of the video", "[networks]") {
  const CoTracker3 network = tiny_tracker(8);
  const TrackQueries queries = some_queries();
  const VisibleTracks tracks = predict_offline(network, random_video(7, 50, 61), queries, {});
  CHECK((tracks.places.sizes() == Shape{7, 4, 2}));
  for (std::int64_t k = 0; k < 4; ++k) {
    CHECK(greatest_difference(tracks.places[2 * k][k], queries.place[k]) < 1e-4);
    CHECK(tracks.visible[2 * k][k].item<bool>());
  }
  const VisibleTracks grid = predict_grid(network, random_video(3, 50, 61), 2, 1, {});
  CHECK(greatest_difference(grid.places[1][3], grid.places[1][0]) > 30);
}

TEST_CASE("what cannot be tracked is refused", "[networks]") {
  const CoTracker3 network = tiny_tracker(8);
  CHECK_THROWS_AS(predict_offline(network, random_video(5, 50, 61), some_queries(), {}), Error);
  CHECK_THROWS_AS(network.features(random_video(2, 33, 48)), Error);
  OnlineTracker online(network, some_queries(), 50, 61, {1, 0, 0.5});
  CHECK_THROWS_AS(online.add(random_video(9, 50, 61)), Error);
  (void)online.add(random_video(8, 50, 61));
  CHECK_THROWS_AS(online.add(random_video(4, 50, 61)), Error);
}
