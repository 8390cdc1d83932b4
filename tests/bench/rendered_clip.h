// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/parallel.h"
#include "scene/scene.h"

namespace vd::bench {

/// The first frames of a rendered scene with their truth.
struct RenderedClip {
  std::string name;
  std::vector<RgbImage> rgb;
  std::vector<Camera> cameras;
  std::vector<DepthMap> depths;
  std::vector<MaskMap> moving;
};

/// Scenes spread their path over the clip, so a short film is the start of a clip of 24 frames.
inline RenderedClip film(const std::string& name, std::uint64_t seed, int frames) {
  SceneOptions options;
  options.name = name;
  options.seed = seed;
  options.frames = std::max(24, frames);
  const Scene scene = make_scene(options);
  const auto count = static_cast<std::size_t>(frames);
  RenderedClip clip{name + ":" + std::to_string(seed), std::vector<RgbImage>(count),
                    std::vector<Camera>(count), std::vector<DepthMap>(count), std::vector<MaskMap>(count)};
  parallel_for(count, [&](std::size_t i) {
    RenderedFrame frame = render(scene, static_cast<int>(i), {true, true, false});
    clip.rgb[i] = std::move(frame.rgb);
    clip.cameras[i] = {frame.intrinsics, frame.world_from_camera};
    clip.depths[i] = std::move(frame.depth);
    clip.moving[i] = std::move(frame.dynamic);
  });
  return clip;
}

}  // namespace vd::bench
