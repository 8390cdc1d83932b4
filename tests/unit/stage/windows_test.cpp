// SPDX-License-Identifier: Apache-2.0
#include "sfm/windows.h"

#include <algorithm>

#include "catch.h"
#include "flow/tracks.h"
#include "image/convert.h"
#include "path_error.h"
#include "scene/scene.h"

namespace {

using namespace vd;
using vd::test::path_error_percent;

constexpr int frame_count = 30;

struct RenderedClip {
  std::vector<GreyImage> frames;
  std::vector<SE3> world_from_camera;
  double focal_px = 0;
};

RenderedClip rendered(const std::string& name, std::uint64_t seed) {
  SceneOptions options;
  options.name = name;
  options.seed = seed;
  options.frames = frame_count;
  options.width = 160;
  options.height = 92;
  const Scene scene = make_scene(options);
  RenderRequest colours_only;
  colours_only.geometry = colours_only.flow = false;
  RenderedClip clip;
  clip.focal_px = scene.intrinsics.fx;
  for (int f = 0; f < options.frames; ++f) {
    clip.frames.push_back(to_grey(render(scene, f, colours_only).rgb));
    clip.world_from_camera.push_back(scene.pose(f));
  }
  return clip;
}

/// A window as a stage would make it, points followed from its first frame on.
WindowInput input_of(const RenderedClip& clip, const FrameWindow& window) {
  WindowInput input;
  const Span<const GreyImage> frames(clip.frames.data() + window.first,
                                     static_cast<std::size_t>(window.size()));
  input.sfm.frames = frames;
  const Intrinsics camera = centred_intrinsics(clip.focal_px, frames[0].width(), frames[0].height());
  input.sfm.intrinsics.assign(frames.size(), camera);
  PointTracker tracker{TrackOptions{}};
  tracker.add(frames);
  NumberedTracks found = tracker.tracks_from(0);
  input.tracks = std::move(found.tracks);
  for (const std::int64_t number : found.numbers)
    input.track_numbers.push_back(1000000L * window.first + number);
  return input;
}

struct Solved {
  SfmResult sfm;
  std::size_t most_observations = 0;
};

Solved solve(const RenderedClip& clip, int window_frames) {
  Solved solved;
  const auto windows = overlapping_windows(frame_count, {window_frames});
  const auto count = [&](const SolvedWindow& window) {
    std::size_t observations = 0;
    for (const PointTrack& track : window.sfm.tracks) observations += track.pixels.size();
    solved.most_observations = std::max(solved.most_observations, observations);
  };
  solved.sfm = solve_in_windows(
                   windows, [&](const FrameWindow& window) { return input_of(clip, window); }, {}, {}, count)
                   .sfm;
  return solved;
}

}  // namespace

TEST_CASE("a rendered clip in two windows has the path of one, in the memory of one window",
          "[stage][poses][windows]") {
  const RenderedClip clip = rendered("corridor", 2);
  const Solved at_once = solve(clip, frame_count);
  const Solved in_windows = solve(clip, 22);
  CHECK(path_error_percent(clip.world_from_camera, at_once.sfm) < 1);
  CHECK(path_error_percent(clip.world_from_camera, in_windows.sfm) < 1);
  CHECK(in_windows.sfm.cameras.size() == clip.frames.size());
  CHECK(in_windows.most_observations < 0.75 * static_cast<double>(at_once.most_observations));
  CHECK(in_windows.sfm.points.size() > 100);
}
