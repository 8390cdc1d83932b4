// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "align/align.h"

namespace vd {

/// Lowers the objective from a start: poses, focal lengths and similarities on coarse grids of pixels first
/// (a few hundred numbers from millions of residuals), then on finer ones; depth of every pixel at the end.
///
/// scene  is replaced; its report gains a level each, and the objectives
/// method  Gauss-Newton with depths eliminated, reweighted, with Levenberg-Marquardt damping
void refine(const AlignProblem& problem, const AlignOptions& options, Alignment& scene);

}  // namespace vd
