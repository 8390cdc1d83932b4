// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scene/scene.h"

namespace vd::test {

/// What tests film: a named scene, small and short.
inline SceneOptions small_scene(const std::string& name, std::uint64_t seed, int frames, int width,
                                int height) {
  SceneOptions options;
  options.name = name;
  options.seed = seed;
  options.frames = frames;
  options.width = width;
  options.height = height;
  return options;
}

}  // namespace vd::test
