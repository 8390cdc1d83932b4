// SPDX-License-Identifier: Apache-2.0
// Seconds a frame of every named scene at 512 x 288: colours alone, truth alone (depth, mask, flow both ways,
// occlusion). The first frame also paints the textures.
#include <chrono>
#include <cstdio>
#include <ctime>

#include "core/parallel.h"
#include "scene/scene.h"

int main() {
  using Clock = std::chrono::steady_clock;
  std::printf("threads %d\n%-12s %10s %10s %10s %10s %10s\n", vd::thread_count(), "scene", "first s",
              "frame s", "truth s", "both s", "both cpu s");
  for (const vd::SceneInfo& info : vd::scene_names()) {
    vd::SceneOptions options;
    options.name = info.name;
    const auto timed = [](const vd::Scene& scene, int first, const vd::RenderRequest& request, int frames) {
      const auto start = Clock::now();
      for (int f = first; f < first + frames; ++f) (void)vd::render(scene, f, request);
      return std::chrono::duration<double>(Clock::now() - start).count() / frames;
    };
    const auto start = Clock::now();
    const vd::Scene scene = vd::make_scene(options);
    (void)vd::render(scene, 0, {true, false, false});
    const double first = std::chrono::duration<double>(Clock::now() - start).count();
    const double colours = timed(scene, 4, {true, false, false}, 4);
    const double truth = timed(scene, 4, {false, true, true}, 4);
    const std::clock_t cpu = std::clock();
    const double both = timed(scene, 8, {}, 4);
    std::printf("%-12s %10.3f %10.3f %10.3f %10.3f %10.3f\n", info.name.c_str(), first, colours, truth, both,
                static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / 4);
  }
  return 0;
}
