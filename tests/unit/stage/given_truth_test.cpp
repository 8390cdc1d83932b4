// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "flow/tracks.h"
#include "image/convert.h"
#include "path_error.h"
#include "rendered_scene.h"
#include "sfm/sfm.h"

namespace {

using namespace vd;
using vd::test::path_error_percent;

struct RenderedClip {
  std::vector<GreyImage> frames;
  std::vector<Intrinsics> intrinsics;
  std::vector<SE3> world_from_camera;
  std::vector<PointTrack> tracks;
};

RenderedClip rendered(const std::string& name, std::uint64_t seed) {
  const SceneOptions options = test::small_scene(name, seed, 10, 192, 112);
  const Scene scene = make_scene(options);
  RenderRequest colours_only;
  colours_only.geometry = colours_only.flow = false;
  RenderedClip clip;
  for (int f = 0; f < options.frames; ++f) {
    clip.frames.push_back(to_grey(render(scene, f, colours_only).rgb));
    clip.intrinsics.push_back(scene.intrinsics);
    clip.world_from_camera.push_back(scene.pose(f));
  }
  clip.tracks = track_points(clip.frames, {});
  return clip;
}

SfmInput input_of(const RenderedClip& clip) {
  SfmInput input;
  input.frames = clip.frames;
  input.tracks = clip.tracks;
  input.intrinsics_known = false;
  return input;
}

}  // namespace

TEST_CASE("giving the truth never makes a result worse", "[stage][poses][property]") {
  const auto [name, seed] = GENERATE(table<std::string, int>({{"orbit", 3}, {"corridor", 1}, {"room", 4}}));
  CAPTURE(name);
  const RenderedClip clip = rendered(name, static_cast<std::uint64_t>(seed));

  const SfmResult guessed = solve_structure_from_motion(input_of(clip), {});
  SfmInput known = input_of(clip);
  known.intrinsics = clip.intrinsics;
  known.intrinsics_known = true;
  const SfmResult with_camera = solve_structure_from_motion(known, {});
  // A free focal length may take up a little of the noise of the tracks, which leaves 0.1 to 0.4 % here.
  constexpr double slack_percent = 0.1;
  CHECK(path_error_percent(clip.world_from_camera, with_camera) <=
        path_error_percent(clip.world_from_camera, guessed) + slack_percent);
  CHECK(path_error_percent(clip.world_from_camera, with_camera) < 1);
  CHECK(with_camera.focal.focal_px == clip.intrinsics[0].fx);
  CHECK_FALSE(with_camera.focal.estimated);

  known.known_world_from_camera = clip.world_from_camera;
  const SfmResult with_poses = solve_structure_from_motion(known, {});
  for (std::size_t f = 0; f < clip.frames.size(); ++f) {
    CHECK(with_poses.cameras[f].world_from_camera.translation == clip.world_from_camera[f].translation);
    CHECK(with_poses.cameras[f].world_from_camera.rotation.coeffs() ==
          clip.world_from_camera[f].rotation.coeffs());
    CHECK(with_poses.status[f] == FrameStatus::given);
  }
  CHECK(with_poses.report.warnings.empty());
  CHECK(with_poses.points.size() > 100);
}

TEST_CASE("a focal length is either found or called open", "[stage][poses][focal]") {
  const auto [name, seed] = GENERATE(table<std::string, int>({{"orbit", 0}, {"lowtexture", 1}}));
  CAPTURE(name);
  const RenderedClip clip = rendered(name, static_cast<std::uint64_t>(seed));
  const SfmResult result = solve_structure_from_motion(input_of(clip), {});
  const double truth_px = clip.intrinsics[0].fx;
  CHECK(result.focal.low_px < result.focal.focal_px);
  CHECK(result.focal.focal_px < result.focal.high_px);
  if (result.focal.determined)
    CHECK(result.focal.focal_px == Approx(truth_px).epsilon(0.05));
  else
    CHECK_FALSE(result.report.warnings.empty());
}
