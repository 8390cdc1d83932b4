// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/span.h"
#include "geometry/tracks.h"
#include "image/map.h"
#include "sfm/guided.h"
#include "sfm/mapper.h"
#include "sfm/reconstruction.h"

namespace vd {

struct PolishOptions {
  double loss_in_medians = 1;  // scale of Cauchy's loss in units of the median track error
  double track_rms_px = 0.7;
  double min_angle_deg = 0.15;
  bool free_focal = false;
  MapperOptions mapper;  // for frames that only the full set of tracks can pose
};

struct PolishReport {
  GuidedReport guided;
  double focal_deviation = 0;  // of its logarithm, with a free focal length; see usual_focal_px
  double path_deviation = 0;   // of the camera centres, as a share of the length of the path
};

/// What lenses of cameras and phones have in the middle: a field of view of 62 degrees along the longer side;
/// nine in ten lie between 43 and 90.
[[nodiscard]] double usual_focal_px(int width, int height);

/// Makes a grown reconstruction exact: all tracks are triangulated and adjusted under a loss as tight as the
/// noise allows, in rounds that drop tracks which contradict; then, with frames at hand, tracks are refined
/// under the known geometry and adjusted again. A focal length that the tracks leave open is drawn towards
/// the usual one, by as much as they leave it open.
///
/// frames  one a view, or empty: no refinement
/// tracks  all of them; moved by the refinement
[[nodiscard]] PolishReport polish_reconstruction(const GreyFrames& frames, const PolishOptions& options,
                                                 std::vector<PointTrack>& tracks,
                                                 Reconstruction& reconstruction);

}  // namespace vd
