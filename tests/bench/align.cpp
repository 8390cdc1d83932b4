// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>

#include "../align_scene.h"
#include "align/initialise.h"
#include "align/refine.h"
#include "core/parallel.h"
#include "metrics/depth.h"
#include "metrics/trajectory.h"

// Solves rendered alignment problems and prints objective, time and accuracy. Beside them, for the first: 300
// Adam steps of the public aligner reach 0.0826054 in 76-80 CPU seconds (1 thread), from a start of 0.135529.
//
//   bench_align [IMAGES WIDTH HEIGHT WINDOW SEED [THREADS]]

namespace {

using namespace vd;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void print_check_values(const align_scene::Settings& s, const std::vector<PairMaps>& pairs) {
  const auto depths = align_scene::true_depths(s);
  fmt::print("check values: sums of depth");
  for (const auto& map : depths) {
    double sum = 0;
    for (const double d : map) sum += d;
    fmt::print(" {:.5f}", sum);
  }
  Vec3 points = Vec3::Zero();
  double confidence = 0;
  for (std::size_t k = 0; k < pairs[0].first_confidence.values().size(); ++k) {
    confidence += pairs[0].first_confidence.values()[k];
    for (int c = 0; c < 3; ++c)
      points[c] += pairs[0].first_points.values()[3 * k + static_cast<std::size_t>(c)];
  }
  fmt::print("\n  edge 0: sum of points {:.4f} {:.4f} {:.4f}, mean confidence {:.9f}\n", points.x(),
             points.y(), points.z(), confidence / static_cast<double>(pairs[0].first_confidence.pixels()));
}

void print_accuracy(const align_scene::Settings& s, const Alignment& scene) {
  const auto depths = align_scene::true_depths(s);
  DepthSamples samples;
  std::vector<SE3> truth;
  for (int n = 0; n < s.images; ++n) {
    DepthMap map(s.width, s.height);
    map.values().assign(depths[n].begin(), depths[n].end());
    samples.add_frame(scene.depth[n], map);
    truth.push_back(align_scene::camera_pose(n, s.images));
  }
  double focal = 0;
  for (const double f : scene.focal_px) focal += f / static_cast<double>(scene.focal_px.size());
  fmt::print("  absrel {:.5f}  ATE {:.5f}  mean focal {:.2f} (true {:.2f})\n",
             evaluate_depth(samples, {}).metrics.abs_rel,
             evaluate_trajectory(truth, scene.world_from_camera, {}).ate.rmse, focal,
             align_scene::focal_px(s));
}

void solve(const align_scene::Settings& s, int window) {
  const auto edges = align_scene::window_edges(s.images, window);
  const auto pairs = align_scene::make_pairs(s, edges);
  const AlignProblem problem = align_scene::make_problem(s, edges, pairs);
  fmt::print("{} images {}x{}, {} edges, seed {}, {} threads\n", s.images, s.width, s.height, edges.size(),
             s.seed, thread_count());
  print_check_values(s, pairs);
  const AlignOptions options;
  double cpu = cpu_seconds();
  Alignment scene = initialise(problem, options).alignment;
  fmt::print("start: {:.2f} s CPU, objective {:.6f}\n", cpu_seconds() - cpu,
             alignment_objective(problem, scene, options));
  print_accuracy(s, scene);
  cpu = cpu_seconds();
  const auto wall = std::chrono::steady_clock::now();
  refine(problem, options, scene);
  fmt::print("refined: {:.2f} s CPU, {:.2f} s, objective {:.7f}\n", cpu_seconds() - cpu,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count(),
             alignment_objective(problem, scene, options));
  for (const AlignLevelReport& level : scene.report.levels) {
    fmt::print("  stride {}: {} iterations, {:.7f} -> {:.7f}, {}; {:.3f} s an iteration\n", level.stride,
               level.iterations, level.first_objective, level.last_objective, level.stopped_because,
               level.iterations > 0 ? level.seconds / level.iterations : 0.0);
  }
  print_accuracy(s, scene);
}

}  // namespace

int main(int argc, char** argv) {
  align_scene::Settings settings;
  const auto argument = [&](int k, int otherwise) { return argc > k ? std::atoi(argv[k]) : otherwise; };
  settings.images = argument(1, settings.images);
  settings.width = argument(2, settings.width);
  settings.height = argument(3, settings.height);
  settings.seed = static_cast<std::uint64_t>(argument(5, 7));
  set_thread_count(argument(6, 0));
  solve(settings, argument(4, 3));
}
