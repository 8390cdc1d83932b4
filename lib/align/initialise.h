// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "align/align.h"
#include "align/spanning_tree.h"

namespace vd {

/// A whole start in closed form: tree scene, PnP for images that it left without a pose, known poses,
/// similarities of all edges, the scale convention, depth.
struct StartScene {
  TreeScene
      tree;  // before poses are known, in the scale of the tree's root; poses and focals completed by PnP
  Alignment alignment;  // depth: 0 where the tree's points are missing or behind their camera
};

/// throws  Error when check_problem does
/// source  DUSt3R, init_im_poses and init_from_pts3d; known poses as there for two and more, rigid for one
[[nodiscard]] StartScene initialise(const AlignProblem& problem, const AlignOptions& options);

/// True when the objective's scale is held by base_scale and not by known poses.
[[nodiscard]] bool scale_is_free(const AlignProblem& problem);

}  // namespace vd
