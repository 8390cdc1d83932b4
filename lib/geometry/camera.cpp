// SPDX-License-Identifier: Apache-2.0
#include "geometry/camera.h"

namespace vd {

Mat3 Intrinsics::matrix() const {
  Mat3 k;
  k << fx, 0, cx, 0, fy, cy, 0, 0, 1;
  return k;
}

Intrinsics Intrinsics::resized(int new_width, int new_height) const {
  const double sx = static_cast<double>(new_width) / width;
  const double sy = static_cast<double>(new_height) / height;
  return {fx * sx, fy * sy, (cx + 0.5) * sx - 0.5, (cy + 0.5) * sy - 0.5, new_width, new_height};
}

Intrinsics centred_intrinsics(double focal_px, int width, int height) {
  return {focal_px, focal_px, 0.5 * (width - 1), 0.5 * (height - 1), width, height};
}

}  // namespace vd
