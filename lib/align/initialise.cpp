// SPDX-License-Identifier: Apache-2.0
#include "align/initialise.h"

#include <algorithm>
#include <cmath>

#include "align/pnp.h"
#include "core/parallel.h"
#include "geometry/pose_alignment.h"

namespace vd {
namespace {

MaskMap above(const ConfidenceMap& confidence, double threshold) {
  MaskMap mask(confidence.width(), confidence.height());
  for (std::size_t k = 0; k < mask.values().size(); ++k) {
    mask.values()[k] = confidence.values()[k] > static_cast<float>(threshold) ? 255 : 0;
  }
  return mask;
}

void complete_poses(const AlignProblem& problem, const PairSummary& summary, const AlignOptions& options,
                    TreeScene& tree, AlignReport& report) {
  const auto count = static_cast<int>(problem.images.size());
  std::vector<std::optional<PnpPose>> found(problem.images.size());
  parallel_for(found.size(), [&](std::size_t n) {
    if (tree.pose[n]) return;
    found[n] =
        solve_pnp(tree.points[n], above(summary.confidence[n], options.min_confidence), tree.focal_px[n],
                  problem.principal_point(static_cast<int>(n)), {options.pnp_iterations, 5.0});
  });
  for (int n = 0; n < count; ++n) {
    if (!tree.pose[n]) {
      report.posed_by_pnp.push_back(n);
      if (!found[n]) report.unposed.push_back(n);
      tree.pose[n] = found[n] ? found[n]->world_from_camera : SE3{};
      if (found[n]) tree.focal_px[n] = found[n]->focal_px;
    }
    if (!tree.focal_px[n]) tree.focal_px[n] = std::max(problem.images[n].width, problem.images[n].height);
  }
}

/// Motion of a scene onto the known poses.
Sim3 scene_onto_known_poses(const AlignProblem& problem, const std::vector<SE3>& poses) {
  std::vector<SE3> placed, known;
  for (std::size_t n = 0; n < poses.size(); ++n) {
    if (const auto pose = problem.known_pose(static_cast<int>(n))) {
      placed.push_back(poses[n]);
      known.push_back(*pose);
    }
  }
  if (known.empty()) return {};
  if (!scale_is_free(problem)) {
    if (const auto motion = align_pose_sets(placed, known)) return *motion;
  }
  // One camera, or several in one place, say nothing of the scale.
  const SE3 motion = known[0] * inverse(placed[0]);
  return {1.0, motion.rotation, motion.translation};
}

/// Where the points of each edge lie: its first image's, or else its second's, on those of the scene.
std::vector<Sim3> register_pairs(const AlignProblem& problem, const TreeScene& tree) {
  std::vector<Sim3> tree_from_pair(problem.edges.size());
  parallel_for(problem.edges.size(), [&](std::size_t e) {
    const auto maps = load_checked(problem, e);
    const auto [i, j] = problem.edges[e];
    auto motion = register_maps(maps->first_points, tree.points[i], maps->first_confidence);
    if (!motion) motion = register_maps(maps->second_points, tree.points[j], maps->second_confidence);
    tree_from_pair[e] = motion.value_or(Sim3{});
  });
  return tree_from_pair;
}

/// Factor that brings the geometric mean of the scales to base_scale.
double normalising_factor(const std::vector<Sim3>& pairs, double base_scale) {
  if (pairs.empty()) return 1;
  double log_sum = 0;
  for (const Sim3& pair : pairs) log_sum += std::log(std::max(pair.scale, 1e-12));
  return base_scale * std::exp(-log_sum / static_cast<double>(pairs.size()));
}

DepthMap depth_in_camera(const PointMap& points, const SE3& world_from_camera) {
  DepthMap depth(points.width(), points.height());
  const SE3 camera_from_world = inverse(world_from_camera);
  const Vec3 axis = camera_from_world.matrix().row(2);
  for (std::size_t k = 0; k < depth.values().size(); ++k) {
    const float* x = points.data() + 3 * k;
    if (!is_point(x)) continue;
    const double z = axis.dot(Vec3(x[0], x[1], x[2])) + camera_from_world.translation.z();
    depth.values()[k] = z > 0 ? static_cast<float>(z) : 0.0F;
  }
  return depth;
}

void share_focals(const AlignProblem& problem, std::vector<double>& focal_px) {
  std::vector<double> shared = focal_px;
  for (std::size_t n = 0; n < focal_px.size(); ++n) {
    double sum = 0;
    double count = 0;
    for (std::size_t m = 0; m < focal_px.size(); ++m) {
      const bool same_size = problem.images[m].width == problem.images[n].width &&
                             problem.images[m].height == problem.images[n].height;
      if (!same_size || problem.known_focal_px(static_cast<int>(m))) continue;
      sum += focal_px[m];
      count += 1;
    }
    if (count > 0 && !problem.known_focal_px(static_cast<int>(n))) shared[n] = sum / count;
  }
  focal_px = shared;
}

}  // namespace

bool scale_is_free(const AlignProblem& problem) {
  std::optional<Vec3> first;
  for (std::size_t n = 0; n < problem.images.size(); ++n) {
    const auto pose = problem.known_pose(static_cast<int>(n));
    if (!pose) continue;
    if (first && (pose->translation - *first).norm() > 0) return false;
    first = pose->translation;
  }
  return true;
}

StartScene initialise(const AlignProblem& problem, const AlignOptions& options) {
  check_problem(problem);
  StartScene start;
  Alignment& scene = start.alignment;
  PairSummary summary = summarise_pairs(problem);
  start.tree = place_along_tree(problem, summary, options);
  for (const std::size_t e : start.tree.placed_edges) scene.report.tree.push_back(problem.edges[e]);
  complete_poses(problem, summary, options, start.tree, scene.report);
  scene.confidence = std::move(summary.confidence);

  const std::vector<Sim3> tree_from_pair = register_pairs(problem, start.tree);
  const double factor = scale_is_free(problem) ? normalising_factor(tree_from_pair, options.base_scale) : 1.0;
  const Sim3 rescaled{factor, Quat::Identity(), Vec3::Zero()};
  std::vector<SE3> poses;
  for (const auto& pose : start.tree.pose) poses.push_back(rescaled * *pose);
  const Sim3 world_from_tree = scene_onto_known_poses(problem, poses) * rescaled;

  for (const Sim3& motion : tree_from_pair) scene.world_from_pair.push_back(world_from_tree * motion);
  for (std::size_t n = 0; n < poses.size(); ++n) {
    const auto image = static_cast<int>(n);
    const SE3 pose = world_from_tree * *start.tree.pose[n];
    scene.depth.push_back(depth_in_camera(transformed(start.tree.points[n], world_from_tree), pose));
    scene.world_from_camera.push_back(problem.known_pose(image).value_or(pose));
    scene.focal_px.push_back(*start.tree.focal_px[n]);
    scene.principal_point.push_back(problem.principal_point(image));
  }
  if (options.share_focal) share_focals(problem, scene.focal_px);
  return start;
}

}  // namespace vd
