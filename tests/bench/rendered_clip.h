// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "clip_files.h"
#include "core/parallel.h"
#include "scene/scene.h"

namespace vd::bench {

/// The first frames of a rendered scene, in colour. Scenes spread their path over the clip, so a short film
/// is the start of a clip of 24 frames.
inline ClipFrames film(const std::string& name, std::uint64_t seed, int frames) {
  SceneOptions options;
  options.name = name;
  options.seed = seed;
  options.frames = std::max(24, frames);
  const Scene scene = make_scene(options);
  const auto count = static_cast<std::size_t>(frames);
  ClipFrames clip;
  clip.name = name + ":" + std::to_string(seed);
  clip.rgb.resize(count);
  clip.cameras.resize(count);
  clip.depths.resize(count);
  clip.masks.resize(count);
  parallel_for(count, [&](std::size_t i) {
    RenderedFrame frame = render(scene, static_cast<int>(i), {true, true, false});
    clip.rgb[i] = std::move(frame.rgb);
    clip.cameras[i] = {frame.intrinsics, frame.world_from_camera};
    clip.depths[i] = std::move(frame.depth);
    clip.masks[i] = std::move(frame.dynamic);
  });
  return clip;
}

}  // namespace vd::bench
