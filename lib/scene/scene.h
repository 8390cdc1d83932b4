// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "geometry/camera.h"
#include "image/map.h"
#include "scene/motion.h"

namespace vd {

namespace synth {
struct World;
}

/// What to film. The seed varies layout, textures, objects, camera path and focal length.
struct SceneOptions {
  std::string name = "room";
  std::uint64_t seed = 0;
  int frames = 24;
  int width = 512;
  int height = 288;
  double fps = 24;
  double focal_px = 0;     // 0: drawn by the seed
  double noise_sigma = 1;  // of the sensor, in 8-bit levels
  bool motion_blur = false;
  double shutter = 0.5;  // share of the time between frames that the shutter is open; needs motion_blur
};
/// All but the seed, which every program has.
void describe(SceneOptions& options, OptionTable& table);

struct SceneInfo {
  std::string name;
  std::string what;
  bool has_movers;
  bool camera_translates;
};
/// The named scenes, in the order of the help.
[[nodiscard]] std::vector<SceneInfo> scene_names();

/// A clip that can be rendered frame by frame, in any order, from any thread.
struct Scene {
  SceneOptions options;
  Intrinsics intrinsics;
  synth::MotionPath world_from_camera;
  std::shared_ptr<const synth::World> world;

  [[nodiscard]] double time_s(int frame) const { return frame / options.fps; }
  [[nodiscard]] SE3 pose(int frame) const { return world_from_camera(time_s(frame)); }
};

/// Builds a named scene. Lengths are metres, z is up. Throws Error for an unknown name or a size below 16
/// x 16.
[[nodiscard]] Scene make_scene(const SceneOptions& options);

/// Which maps to compute; the others stay empty.
struct RenderRequest {
  bool rgb = true;
  bool geometry = true;  // depth, dynamic, ids
  bool flow = true;      // flows and occlusions
};

/// One frame with its truth, computed in float64 on one ray through each pixel centre; only the colours are
/// antialiased. The flow of a pixel is where its material point goes, so also defined where that place is
/// hidden.
struct RenderedFrame {
  RgbImage rgb;
  DepthMap depth;            // z in metres; 0 = sky
  MaskMap dynamic;           // 255 = surface of an object that moves or deforms in the world during the clip
  Map<std::uint16_t> ids;    // object; 0 = sky
  FlowMap flow_forward;      // to the next frame; NaN in the sky and where the point goes behind the camera
  FlowMap flow_backward;     // to the frame before
  MaskMap occluded_forward;  // 255 = hidden or outside the image in the next frame; 255 where flow is NaN
  MaskMap occluded_backward;
  SE3 world_from_camera;
  Intrinsics intrinsics;
};

/// Renders one frame. Flow and occlusion towards a frame outside the clip are left empty. The bytes depend on
/// the options only, not on the number of threads.
[[nodiscard]] RenderedFrame render(const Scene& scene, int frame, const RenderRequest& request = {});

/// World-space tracks of material points through the whole clip; row = frame (T rows), column = point (N
/// columns).
struct SceneTracks {
  Map<float, 3> xyz;                     // world, metres
  Map<float, 2> xy;                      // pixel, also where hidden or outside; NaN behind the camera
  MaskMap vis;                           // 1 = inside the image and not hidden
  std::vector<std::uint8_t> dynamic;     // per point: 1 = on an object that moves
  std::vector<int> query_frame;          // frame whose pixel was picked, where the point is visible
  std::vector<std::uint16_t> object_id;  // as in RenderedFrame::ids
};

/// Picks count visible points at pixel centres, on four frames spread over the clip; up to 40 % of each
/// frame's points on moving objects where there are any. Fewer points only if the picked frames show nothing
/// but sky.
[[nodiscard]] SceneTracks sample_tracks(const Scene& scene, int count);

}  // namespace vd
