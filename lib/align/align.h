// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "align/problem.h"
#include "core/options.h"

namespace vd {

struct AlignOptions {
  ConfidenceWeight weight = ConfidenceWeight::log;
  bool squared_residuals = false;  // parity: w |r|^2 in the objective, not w |r|
  double base_scale = 0.5;         // geometric mean of the edges' scales
  double min_confidence = 3;       // points that PnP may use, of images the tree leaves without a pose
  int pnp_iterations = 10;
  bool published_focals = false;  // parity: the tree takes some focal lengths from another image's points
  bool share_focal = false;       // one focal length for all images of one size
  bool refine = true;             // false: the closed-form start only
  bool fix_focals = false;        // hold the focal lengths of the start
  int max_iterations = 40;        // of each level
  int full_iterations = 2;        // of grids finer than every 4th pixel, when coarser ones came before
  int finest_stride = 1;          // finest grid that poses are solved on; depth is always at full resolution
  std::size_t memory_bytes = std::size_t{1}
                             << 30;  // of observations at a time: coarser grids where it is short
  double tolerance = 1e-5;           // stop when the objective falls by less than this fraction
};

void describe(AlignOptions& options, OptionTable& table);

struct AlignLevelReport {
  int stride = 1;
  int iterations = 0;
  double first_objective = 0;
  double last_objective = 0;
  double seconds = 0;
  std::string stopped_because;
};

struct AlignReport {
  std::vector<std::pair<int, int>> tree;  // edges of the spanning tree in the order they were placed
  std::vector<int> posed_by_pnp;          // images the tree gave no pose
  std::vector<int> unposed;               // images for which PnP failed too; they stand at the world's origin
  double initial_objective = 0;           // at full resolution
  double final_objective = 0;
  std::vector<AlignLevelReport> levels;
  double seconds = 0;
};

/// A scene from pairs. All images are there, whatever failed.
struct Alignment {
  std::vector<SE3> world_from_camera;
  std::vector<double> focal_px;
  std::vector<Vec2> principal_point;
  std::vector<Sim3> world_from_pair;  // of each edge: where its points lie
  std::vector<DepthMap> depth;        // 0 where no edge saw anything
  std::vector<ConfidenceMap>
      confidence;  // the largest of all edges at each pixel, 0 where nothing was observed
  AlignReport report;
};

/// Consistent depth, poses and focal lengths of all images.
///
/// Closed-form start along the maximum spanning tree of confident edges, then Gauss-Newton steps with
/// eliminated depths, reweighted for the unsquared norm, from coarse to fine. The same for any number of
/// threads.
///
/// returns  poses up to a rigid motion and a scale (the world is camera 0's at tree scale) unless poses are
/// known: one
///          known pose places the scene, two or more with different centres give it their scale
/// throws   Error when check_problem does
/// source   DUSt3R section 3.4 and MonST3R (objective); Align3R Eq. 1
[[nodiscard]] Alignment align(const AlignProblem& problem, const AlignOptions& options);

/// The objective at full resolution, with the weight and norm of the options.
[[nodiscard]] double alignment_objective(const AlignProblem& problem, const Alignment& alignment,
                                         const AlignOptions& options);

}  // namespace vd
