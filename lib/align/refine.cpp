// SPDX-License-Identifier: Apache-2.0
#include "align/refine.h"

#include <algorithm>
#include <optional>

#include "align/depth_step.h"
#include "align/initialise.h"
#include "align/normal_equations.h"
#include "align/step.h"
#include "core/parallel.h"
#include "core/usage.h"

namespace vd {
namespace {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double median_depth(const Alignment& scene) {
  std::vector<double> depths;
  for (const DepthMap& map : scene.depth) {
    for (std::size_t k = 0; k < map.values().size(); k += 7) {
      if (map.values()[k] > 0) depths.push_back(map.values()[k]);
    }
  }
  return median(std::move(depths));
}

/// Factor between two sets of depths, over pixels that both know.
double median_change(const GridDepths& before, const GridDepths& after) {
  std::vector<double> ratios;
  for (std::size_t n = 0; n < before.size(); ++n) {
    for (std::size_t k = 0; k < before[n].size(); ++k) {
      if (before[n][k] > 0 && after[n][k] > 0) ratios.push_back(after[n][k] / before[n][k]);
    }
  }
  return ratios.empty() ? 1.0 : median(std::move(ratios));
}

/// The finest grid whose observations fit into memory: 16 bytes a pixel and edge side.
int finest_affordable_stride(const AlignProblem& problem, const AlignOptions& options) {
  double bytes = 0;
  for (const auto& [i, j] : problem.edges) {
    bytes += 16.0 * static_cast<double>(problem.images[i].pixels() + problem.images[j].pixels());
  }
  int stride = options.finest_stride;
  const auto budget = static_cast<double>(options.memory_bytes);
  while (options.memory_bytes > 0 && stride < 8 && bytes > budget * stride * stride) stride *= 2;
  return stride;
}

/// Grids to solve on, coarse ones first; one that leaves an image fewer than 300 pixels says too little of
/// it.
std::vector<int> level_strides(const AlignProblem& problem, int finest) {
  std::vector<int> strides;
  for (const int stride : {8, 4}) {
    const bool enough = std::all_of(problem.images.begin(), problem.images.end(), [&](const ImageSize& size) {
      return size.pixels() >= static_cast<std::size_t>(300 * stride * stride);
    });
    if (enough && stride > finest) strides.push_back(stride);
  }
  strides.push_back(finest);
  return strides;
}

/// The scene and its depths on one grid, with the steps of Levenberg and Marquardt.
class LevelSolver {
 public:
  LevelSolver(const AlignProblem& problem, const AlignOptions& options, int stride, double scene_depth)
      : problem_(problem),
        options_(options),
        unknowns_(problem, options),
        images_(gather_observations(problem, stride, options.weight)),
        system_(problem.images.size(), problem.edges) {
    depth_options_.norm = norm_options(options, scene_depth);
    depth_options_.smallest_depth = 1e-3 * scene_depth;
    report_.stride = stride;
  }

  static NormOptions norm_options(const AlignOptions& options, double scene_depth) {
    // Depths are about 1 to 3 at the usual base scale; known poses may bring any other.
    return {options.squared_residuals, 5e-5 * scene_depth};
  }

  /// Depths of the scene, times a factor, are where this level starts.
  void set_start(const Alignment& scene, double factor) {
    start_.clear();
    mean_scale_ = mean_pair_scale(scene);
    for (std::size_t n = 0; n < images_.size(); ++n) {
      start_.push_back(sample_grid(scene.depth[n], images_[n]));
      for (double& depth : start_.back()) depth *= factor;
    }
    depths_ = start_;
    depth_options_.cycles = 5;
    objective_ = update_depths(images_, scene, depth_options_, depths_);
    depth_options_.cycles = 3;
    report_.first_objective = report_.last_objective = objective_;
  }

  void solve(int max_iterations, Alignment& scene) {
    const Stopwatch stopwatch;
    report_.stopped_because = "iterations";
    while (report_.iterations < max_iterations) {
      build_normal_equations(images_, scene, depths_, depth_options_.norm, system_);
      const double before = objective_;
      ++report_.iterations;
      if (!try_steps(scene)) {
        report_.stopped_because = "no step lowers the objective";
        break;
      }
      if (before - objective_ <= options_.tolerance * before) {
        report_.stopped_because = "converged";
        break;
      }
    }
    report_.last_objective = objective_;
    report_.seconds = stopwatch.wall_seconds();
  }

  [[nodiscard]] double change_of_depth() const { return median_change(start_, depths_); }
  [[nodiscard]] const AlignLevelReport& report() const { return report_; }

  /// Depths of all pixels, from a level at stride 1.
  void store_depths(Alignment& scene) {
    depth_options_.cycles = 6;
    objective_ = update_depths(images_, scene, depth_options_, depths_);
    for (std::size_t n = 0; n < images_.size(); ++n) {
      std::transform(depths_[n].begin(), depths_[n].end(), scene.depth[n].values().begin(),
                     [](double depth) { return static_cast<float>(depth); });
    }
    report_.last_objective = objective_;
  }

 private:
  /// Damps until a step lowers the objective; false when none does.
  bool try_steps(Alignment& scene) {
    for (int attempt = 0; attempt < 8; ++attempt) {
      if (const auto step = solve_step(system_, unknowns_, damping_)) {
        Alignment moved = geometry_of(scene);
        apply_step(*step, moved);
        GridDepths depths = depths_;
        // Clipped increments may leave the constraint. Where poses are known the drift is left to the next
        // step.
        if (scale_is_free(problem_)) {
          const double factor = renormalise_scale(mean_scale_, unknowns_.held_camera(), moved);
          for (auto& map : depths) {
            for (double& depth : map) depth *= factor;
          }
        }
        const double objective = update_depths(images_, moved, depth_options_, depths);
        if (objective < objective_) {
          accept(moved, std::move(depths), objective, scene);
          return true;
        }
      }
      damping_ = std::max(10 * damping_, 1e-6);
    }
    return false;
  }

  static Alignment geometry_of(const Alignment& scene) {
    Alignment copy;
    copy.world_from_camera = scene.world_from_camera;
    copy.focal_px = scene.focal_px;
    copy.principal_point = scene.principal_point;
    copy.world_from_pair = scene.world_from_pair;
    return copy;
  }

  void accept(Alignment& moved, GridDepths depths, double objective, Alignment& scene) {
    scene.world_from_camera = std::move(moved.world_from_camera);
    scene.focal_px = std::move(moved.focal_px);
    scene.world_from_pair = std::move(moved.world_from_pair);
    depths_ = std::move(depths);
    objective_ = objective;
    damping_ = std::max(damping_ / 5, 1e-9);
  }

  const AlignProblem& problem_;
  const AlignOptions& options_;
  double mean_scale_ = 1;
  Unknowns unknowns_;
  std::vector<ImageObservations> images_;
  BlockSystem system_;
  DepthStepOptions depth_options_;
  GridDepths start_;
  GridDepths depths_;
  double objective_ = 0;
  double damping_ = 1e-4;
  AlignLevelReport report_;
};

/// Depth of every pixel where poses were solved on a coarser grid: one image at a time.
void update_full_depths(const AlignProblem& problem, const AlignOptions& options, double scene_depth,
                        double factor, Alignment& scene) {
  DepthStepOptions depth_options{LevelSolver::norm_options(options, scene_depth), 8, 1e-3 * scene_depth};
  std::vector<double> objective(scene.depth.size());
  parallel_for(scene.depth.size(), [&](std::size_t n) {
    const auto image = static_cast<int>(n);
    const ImageObservations observations = gather_observations_of(problem, image, 1, options.weight);
    std::vector<double> depths = sample_grid(scene.depth[n], observations);
    for (double& depth : depths) depth *= factor;
    objective[n] = update_depths_of(observations, image, scene, depth_options, depths);
    std::transform(depths.begin(), depths.end(), scene.depth[n].values().begin(),
                   [](double depth) { return static_cast<float>(depth); });
  });
  scene.report.final_objective = 0;
  for (const double part : objective) scene.report.final_objective += part;
}

}  // namespace

void refine(const AlignProblem& problem, const AlignOptions& options, Alignment& scene) {
  if (problem.edges.empty()) return;
  const double scene_depth = median_depth(scene);
  if (!(scene_depth > 0)) return;
  const std::vector<int> strides = level_strides(problem, finest_affordable_stride(problem, options));
  double factor = 1;
  for (const int stride : strides) {
    LevelSolver level(problem, options, stride, scene_depth);
    level.set_start(scene, factor);
    const bool alone = strides.size() == 1;
    level.solve(stride < 4 && !alone ? options.full_iterations : options.max_iterations, scene);
    factor *= level.change_of_depth();
    if (stride == 1) {
      level.store_depths(scene);
      scene.report.final_objective = level.report().last_objective;
    }
    scene.report.levels.push_back(level.report());
  }
  if (strides.back() > 1) update_full_depths(problem, options, scene_depth, factor, scene);
}

}  // namespace vd
