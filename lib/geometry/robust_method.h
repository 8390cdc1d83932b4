// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/calib3d.hpp>

namespace vd {

/// The robust estimator for essential matrices and homographies. MAGSAC (Barath et al. 2020) of OpenCV 4.6 is
/// its most accurate one; that of 4.10 misses the direction of motion by tens of degrees where a third of the
/// points moves, and the default of 4.10 is the best of both.
#if CV_VERSION_MAJOR > 4 || CV_VERSION_MINOR > 6
inline constexpr int robust_method = cv::USAC_DEFAULT;
#else
inline constexpr int robust_method = cv::USAC_MAGSAC;
#endif

}  // namespace vd
