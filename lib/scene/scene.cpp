// SPDX-License-Identifier: Apache-2.0
#include "scene/scene.h"

#include <array>

#include "core/error.h"
#include "scene/scene_list.h"

namespace vd {
namespace {

struct NamedScene {
  SceneInfo info;
  Scene (*make)(const SceneOptions&);
};

const std::vector<NamedScene>& named_scenes() {
  static const std::vector<NamedScene> scenes = {
      {{"room", "furnished room with a rolling ball and moving toys", true, true}, synth::make_room},
      {{"street", "drive along a street with parked and moving cars", true, true}, synth::make_street},
      {{"pan", "camera that turns on a square without moving", false, false}, synth::make_pan},
      {{"lowparallax", "view over a valley from a slowly moving camera", false, true},
       synth::make_low_parallax},
      {{"lowtexture", "plain walls and a few plainly coloured things", false, true}, synth::make_low_texture},
      {{"nonrigid", "bending and breathing creature before a textured background", true, true},
       synth::make_nonrigid},
      {{"orbit", "turn of 60 to 90 degrees around textured things", false, true}, synth::make_orbit},
      {{"corridor", "walk along a corridor with pictures and doors", false, true}, synth::make_corridor},
  };
  return scenes;
}

}  // namespace

void describe(SceneOptions& options, OptionTable& table) {
  table.topic("Scene");
  table.add("--length", options.frames, range(1, 100000), "length of the clip [frames]");
  table.add("--width", options.width, range(16, 8192), "width [px]");
  table.add("--height", options.height, range(16, 8192), "height [px]");
  table.add("--fps", options.fps, positive(), "frames per second; movements are in metres per second");
  table.add("--focal", options.focal_px, range(0, 100000), "focal length [px]; 0 = drawn by the seed");
  table.add("--noise", options.noise_sigma, range(0, 100),
            "standard deviation of the sensor noise [8-bit levels]");
  table.flag("--motion-blur", options.motion_blur, "mean over the open shutter instead of a sharp moment");
  table.add("--shutter", options.shutter, range(0, 1),
            "share of the frame interval that the shutter is open");
}

std::vector<SceneInfo> scene_names() {
  std::vector<SceneInfo> result;
  for (const NamedScene& scene : named_scenes()) result.push_back(scene.info);
  return result;
}

Scene make_scene(const SceneOptions& options) {
  if (options.width < 16 || options.height < 16 || options.frames < 1 || !(options.fps > 0)) {
    throw Error("scene " + options.name,
                "needs at least 1 frame of 16 x 16 pixels and a positive frame rate");
  }
  std::string names;
  for (const NamedScene& scene : named_scenes()) {
    if (scene.info.name == options.name) return scene.make(options);
    names += (names.empty() ? "" : ", ") + scene.info.name;
  }
  throw Error("scene " + options.name, "no such scene; there are " + names);
}

}  // namespace vd
