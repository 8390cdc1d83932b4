// SPDX-License-Identifier: Apache-2.0
#include "models/depth_pro/pre.h"

#include <cmath>

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {

Tensor depth_pro_input(MapView<const std::uint8_t, 3> rgb, std::int64_t side) {
  if (rgb.empty()) throw Error("network input", "an image of no pixels");
  const Tensor values = image_tensor(rgb, at::kFloat).div_(255.0).sub_(0.5).div_(0.5);
  return bilinear(values, side, side, Corners::half_pixel);
}

MetricDepth depth_pro_output(const Tensor& canonical_inverse_depth, double field_of_view_deg, Size image,
                             std::optional<double> given_focal_px) {
  const double half_angle_rad = 0.5 * field_of_view_deg * std::acos(-1.0) / 180.0;
  const double focal_px = given_focal_px ? *given_focal_px : 0.5 * image.width / std::tan(half_angle_rad);
  if (!(focal_px > 0) || !std::isfinite(focal_px))
    throw Error("Depth Pro", "focal length of " + std::to_string(focal_px) + " pixels (field of view " +
                                 std::to_string(field_of_view_deg) + " degrees)");
  const Tensor inverse = bilinear(canonical_inverse_depth.to(at::kFloat) * (image.width / focal_px),
                                  image.height, image.width, Corners::half_pixel);
  return {to_map(inverse.clamp(1e-4, 1e4).reciprocal().squeeze(0)), focal_px};
}

}  // namespace vd::nn
