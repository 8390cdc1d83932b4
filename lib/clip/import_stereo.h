// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/options.h"
#include "geometry/camera.h"

namespace vd {

struct StereoImportOptions {
  std::string calibration;  // calib.txt of the Middlebury stereo data sets
  std::string disparity;    // truth of the left view: .npz (first array), .npy or .pfm; empty = none
};
void describe(StereoImportOptions& options, OptionTable& table);

/// Calibration of a rectified pair, the right camera a baseline to the right of the left one.
struct StereoCalibration {
  Intrinsics left;
  Intrinsics right;
  double baseline_m = 0;
  double disparity_offset_px = 0;  // cx of the right view minus cx of the left view

  /// z-depth in metres of a disparity in pixels; 0 for a disparity that is not finite or not in front.
  [[nodiscard]] float depth_m(float disparity_px) const;
};

/// Reads calib.txt (Middlebury 2014: cam0=[f 0 cx; 0 f cy; 0 0 1], cam1=..., doffs=, baseline= in
/// millimetres, width=, height=). Throws Error naming the line that is missing or wrong.
[[nodiscard]] StereoCalibration read_stereo_calibration(const std::filesystem::path& path);

/// A clip of two frames with its cameras known (known/intrinsics.txt, known/traj.txt) and, where a disparity
/// is given, the true depth of frame 0.
void import_stereo(const std::filesystem::path& left, const std::filesystem::path& right,
                   const StereoImportOptions& options, const std::filesystem::path& folder);

}  // namespace vd
