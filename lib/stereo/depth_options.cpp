// SPDX-License-Identifier: Apache-2.0
// Apart from depth.cpp, so that a program that only predicts the cost of depth does not load what computes
// it.
#include <algorithm>

#include "stereo/depth.h"

namespace vd {

void describe(DepthOptions& o, OptionTable& t) {
  t.choice("--preset", o.preset, {{"preview", DepthPreset::preview}, {"standard", DepthPreset::standard}},
           "preview: fewer neighbours and one pass of refinement");
  t.add("--neighbours", o.neighbours.count, range(1, 32), "frames that each frame is matched with");
  t.add("--max-offset", o.neighbours.max_offset, range(1, 1000),
        "farthest neighbour where the camera moves little [frames]")
      .hidden_in_short_help();
  t.add("--min-parallax", o.neighbours.min_parallax_px, positive(),
        "neighbours with less median parallax are left out [px]")
      .hidden_in_short_help();
  t.add("--max-planes", o.sweep.max_planes, range(8, 255), "planes of the sweep that seeds the depth")
      .hidden_in_short_help();
  t.add("--min-strength", o.check.min_strength, at_least(0),
        "inverse relative sigma below which a pixel is not observed")
      .hidden_in_short_help();
  t.add("--max-disagreement", o.check.max_disagreement_px, positive(),
        "between the depths of two frames that agree [px]")
      .hidden_in_short_help();
  t.add("--min-agreeing", o.check.min_agreeing, range(1, 16),
        "neighbours that must confirm an observed depth")
      .hidden_in_short_help();
  t.add("--smoothness", o.completion.smoothness, positive(), "of the filling of what was not observed")
      .hidden_in_short_help();
}

DepthOptions resolved(const DepthOptions& options) {
  DepthOptions result = options;
  if (options.preset == DepthPreset::preview) {
    result.neighbours.count = std::min(options.neighbours.count, 4);
    result.compared_neighbours = std::min(options.compared_neighbours, 4);
    result.refinement.windows_px = {9};
  }
  return result;
}

}  // namespace vd
