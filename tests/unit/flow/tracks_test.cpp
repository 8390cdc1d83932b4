// SPDX-License-Identifier: Apache-2.0
#include "flow/tracks.h"

#include <algorithm>

#include "catch.h"
#include "core/error.h"
#include "core/parallel.h"
#include "textured_plane.h"

namespace {

using namespace vd;

constexpr double step_x_px = 2.3;
constexpr double step_y_px = -0.8;

std::vector<GreyImage> sliding_plane(int frames) {
  std::vector<GreyImage> images;
  for (int f = 0; f < frames; ++f)
    images.push_back(test::textured_plane(192, 128, step_x_px * f, step_y_px * f));
  return images;
}

bool same_tracks(const std::vector<PointTrack>& a, const std::vector<PointTrack>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (a[k].first_frame != b[k].first_frame || a[k].pixels != b[k].pixels) return false;
  return true;
}

}  // namespace

TEST_CASE("tracks follow a sliding plane to a small part of a pixel", "[flow][tracks]") {
  const auto tracks = track_points(sliding_plane(6), {});
  int steps = 0;
  double worst = 0;
  double sum = 0;
  for (const PointTrack& track : tracks) {
    for (std::size_t k = 1; k < track.pixels.size(); ++k) {
      const Vec2 moved = track.pixels[k] - track.pixels[0];
      const double error = (moved - static_cast<double>(k) * Vec2(step_x_px, step_y_px)).norm();
      worst = std::max(worst, error);
      sum += error;
      ++steps;
    }
  }
  REQUIRE(steps > 500);
  CHECK(sum / steps < 0.03);
  CHECK(worst < 0.5);
}

TEST_CASE("points keep their distance and fill every part of the image", "[flow][tracks]") {
  TrackOptions options;
  options.points_per_frame = 400;
  std::vector<GreyImage> frames;
  for (int f = 0; f < 2; ++f) frames.push_back(test::textured_plane(512, 128, step_x_px * f, step_y_px * f));
  const auto tracks = track_points(frames, options);
  std::vector<Vec2> first;
  for (const PointTrack& track : tracks)
    if (track.first_frame == 0) first.push_back(track.pixels[0]);
  std::vector<int> per_cell(16, 0);
  for (std::size_t a = 0; a < first.size(); ++a) {
    ++per_cell[static_cast<std::size_t>(first[a].x() / 64) + 8 * static_cast<std::size_t>(first[a].y() / 64)];
    for (std::size_t b = a + 1; b < first.size(); ++b)
      REQUIRE((first[a] - first[b]).norm() >= options.spacing_px);
  }
  for (const int count : per_cell) CHECK(count >= 10);
}

TEST_CASE("a small image gives as many tracks as its detail allows, none closer than a few pixels",
          "[flow][tracks]") {
  int first_points = 0;
  for (const PointTrack& track : track_points(sliding_plane(2), {})) first_points += track.first_frame == 0;
  // At the spacing of large images, 8 px, no more than 24 x 16 points find room.
  CHECK(first_points > 24 * 16);
}

TEST_CASE("tracks do not depend on threads or on how frames arrive", "[flow][tracks]") {
  const std::vector<GreyImage> frames = sliding_plane(5);
  const int threads_before = thread_count();
  set_thread_count(1);
  const auto alone = track_points(frames, {});
  set_thread_count(3);
  const auto together = track_points(frames, {});
  set_thread_count(threads_before);
  CHECK(same_tracks(alone, together));

  PointTracker tracker({});
  for (const GreyImage& frame : frames) tracker.add(Span<const GreyImage>(&frame, 1));
  CHECK(same_tracks(alone, tracker.finish()));
  CHECK(tracker.finish().empty());
}

TEST_CASE("nothing to track gives no tracks", "[flow][tracks]") {
  CHECK(track_points({}, {}).empty());
  CHECK(track_points(std::vector<GreyImage>(1, test::textured_plane(64, 64, 0, 0)), {}).empty());
  CHECK(track_points(std::vector<GreyImage>(3, GreyImage(64, 64, 128)), {}).empty());
  CHECK(track_points(std::vector<GreyImage>(3, GreyImage(5, 4, 128)), {}).empty());
  CHECK_THROWS_AS(track_points(std::vector<GreyImage>{GreyImage(64, 64), GreyImage(64, 65)}, {}), Error);
}

TEST_CASE("a point that is covered ends its track", "[flow][tracks]") {
  std::vector<GreyImage> frames(3, test::textured_plane(128, 128, 0, 0));
  for (int y = 0; y < 128; ++y)
    for (int x = 0; x < 64; ++x) frames[2](x, y) = 128;
  for (const PointTrack& track : track_points(frames, {})) {
    if (track.last_frame() == 2) CHECK(track.pixels.back().x() > 55);
  }
}

TEST_CASE("tracks of a part of the video are those of all of it, cut there", "[flow][tracks][windows]") {
  const auto frames = sliding_plane(12);
  const auto all = track_points(frames, {});
  PointTracker tracker{TrackOptions{}};
  tracker.add({frames.data(), 7});
  tracker.forget_before(4);
  tracker.add({frames.data() + 7, 5});
  CHECK(tracker.frame_count() == 12);
  const NumberedTracks late = tracker.tracks_from(5);
  std::vector<PointTrack> cut;
  for (const PointTrack& track : all) {
    const int first = std::max(track.first_frame, 5);
    if (track.last_frame() <= first) continue;
    cut.push_back({first, {track.pixels.begin() + (first - track.first_frame), track.pixels.end()}});
  }
  REQUIRE(cut.size() > 100);
  CHECK(same_tracks(late.tracks, cut));
  CHECK(late.numbers.size() == late.tracks.size());
  CHECK(std::is_sorted(late.numbers.begin(), late.numbers.end()));

  // The same track keeps its number.
  const NumberedTracks later = tracker.tracks_from(8);
  std::size_t again = 0;
  for (std::size_t k = 0; k < later.numbers.size(); ++k) {
    const auto found = std::lower_bound(late.numbers.begin(), late.numbers.end(), later.numbers[k]);
    if (found == late.numbers.end() || *found != later.numbers[k]) continue;
    const PointTrack& whole = late.tracks[static_cast<std::size_t>(found - late.numbers.begin())];
    REQUIRE(whole.last_frame() == later.tracks[k].last_frame());
    CHECK(whole.pixels.back() == later.tracks[k].pixels.back());
    ++again;
  }
  CHECK(again > 50);
}
