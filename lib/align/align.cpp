// SPDX-License-Identifier: Apache-2.0
#include "align/align.h"

#include <chrono>

#include "align/initialise.h"
#include "align/refine.h"

namespace vd {

Alignment align(const AlignProblem& problem, const AlignOptions& options) {
  const auto start_time = std::chrono::steady_clock::now();
  Alignment scene = initialise(problem, options).alignment;
  scene.report.initial_objective = alignment_objective(problem, scene, options);
  scene.report.final_objective = scene.report.initial_objective;
  if (options.refine) refine(problem, options, scene);
  scene.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_time).count();
  return scene;
}

void describe(AlignOptions& o, OptionTable& t) {
  t.topic("Alignment");
  t.flag("--share-focal", o.share_focal, "one focal length for all images of one size");
  t.flag("--fix-focals", o.fix_focals, "hold the focal lengths of the closed-form start");
  t.choice("--confidence-weight", o.weight,
           {{"log", ConfidenceWeight::log},
            {"sqrt", ConfidenceWeight::sqrt},
            {"m1", ConfidenceWeight::minus_one},
            {"value", ConfidenceWeight::value}},
           "weight of a point: its confidence's logarithm, root, excess over 1, or value");
  t.flag("--refine", o.refine, "lower the objective after the closed-form start");
  t.add("--max-iterations", o.max_iterations, range(1, 1000), "Gauss-Newton steps of each coarse level");
  t.add("--full-iterations", o.full_iterations, range(0, 1000), "steps on all pixels after coarser levels");
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
