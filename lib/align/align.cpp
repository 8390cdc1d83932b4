// SPDX-License-Identifier: Apache-2.0
#include "align/align.h"

#include <algorithm>

#include "align/initialise.h"
#include "align/refine.h"
#include "core/usage.h"
#include "geometry/pose_alignment.h"

namespace vd {

namespace {

/// The scene moved as a whole.
void move_scene(const Sim3& motion, Alignment& scene) {
  for (SE3& pose : scene.world_from_camera) pose = motion * pose;
  for (Sim3& pair : scene.world_from_pair) pair = motion * pair;
  for (DepthMap& map : scene.depth) {
    for (float& depth : map.values()) depth = static_cast<float>(depth * motion.scale);
  }
}

/// Known poses with a scale of their own must not be held from the start: the objective falls when pairs
/// shrink, and held poses would let them. So the scene is solved freely on a coarse grid, and brought onto
/// the known poses as a whole.
void settle_on_known_poses(const AlignProblem& problem, const AlignOptions& options, Alignment& scene) {
  AlignProblem free_problem = problem;
  free_problem.known_poses.clear();
  AlignOptions coarse = options;
  const bool large = std::all_of(problem.images.begin(), problem.images.end(),
                                 [](const ImageSize& size) { return size.pixels() >= 16 * 300; });
  if (large) coarse.finest_stride = std::max(4, options.finest_stride);
  refine(free_problem, coarse, scene);
  std::vector<SE3> placed, known;
  for (std::size_t n = 0; n < problem.images.size(); ++n) {
    if (!problem.known_pose(static_cast<int>(n))) continue;
    placed.push_back(scene.world_from_camera[n]);
    known.push_back(*problem.known_pose(static_cast<int>(n)));
  }
  if (const auto motion = align_pose_sets(placed, known)) move_scene(*motion, scene);
  for (std::size_t n = 0; n < problem.images.size(); ++n) {
    if (const auto pose = problem.known_pose(static_cast<int>(n))) scene.world_from_camera[n] = *pose;
  }
}

}  // namespace

Alignment align(const AlignProblem& problem, const AlignOptions& options) {
  const Stopwatch stopwatch;
  Alignment scene = initialise(problem, options).alignment;
  scene.report.initial_objective = alignment_objective(problem, scene, options);
  scene.report.final_objective = scene.report.initial_objective;
  if (options.refine && !scale_is_free(problem)) settle_on_known_poses(problem, options, scene);
  if (options.refine) refine(problem, options, scene);
  scene.report.seconds = stopwatch.wall_seconds();
  return scene;
}

void describe(AlignOptions& o, OptionTable& t) {
  t.topic("Alignment");
  t.flag("--share-focal", o.share_focal, "one focal length for all images of one size");
  t.flag("--fix-focals", o.fix_focals, "hold the focal lengths of the closed-form start")
      .hidden_in_short_help();
  t.choice("--confidence-weight", o.weight,
           {{"log", ConfidenceWeight::log},
            {"sqrt", ConfidenceWeight::sqrt},
            {"m1", ConfidenceWeight::minus_one},
            {"value", ConfidenceWeight::value}},
           "weight of a point: its confidence's logarithm, root, excess over 1, or value")
      .hidden_in_short_help();
  t.flag("--refine", o.refine, "lower the objective after the closed-form start").hidden_in_short_help();
  t.add("--max-iterations", o.max_iterations, range(1, 1000), "Gauss-Newton steps of each coarse level")
      .hidden_in_short_help();
  t.add("--full-iterations", o.full_iterations, range(0, 1000),
        "steps on grids finer than every 4th pixel, after coarser ones")
      .hidden_in_short_help();
  t.add_size("--align-memory", o.memory_bytes,
             "observations held at a time; less memory means coarser grids for poses")
      .hidden_in_short_help();
  t.add("--finest-stride", o.finest_stride, range(1, 8), "finest grid that poses are solved on [pixels]")
      .hidden_in_short_help();
  t.add("--tolerance", o.tolerance, positive(), "stop when the objective falls by less than this fraction")
      .hidden_in_short_help();
  t.flag("--squared-residuals", o.squared_residuals,
         "squares of distances, as Eq. 1 is printed, not distances")
      .hidden_in_short_help();
  t.add("--pnp-min-confidence", o.min_confidence, at_least(0), "least confidence of points that PnP may use")
      .hidden_in_short_help();
  t.add("--pnp-iterations", o.pnp_iterations, range(1, 100000), "samples of PnP").hidden_in_short_help();
  t.add("--base-scale", o.base_scale, positive(), "geometric mean of the pairs' scales")
      .hidden_in_short_help();
  t.flag("--published-focals", o.published_focals,
         "parity: take focal lengths as the public spanning tree does")
      .hidden_in_short_help();
}

}  // namespace vd
