// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/span.h"
#include "geometry/se3.h"

namespace vd {

/// How far the registration of two point sets may go.
enum class RegistrationModel { rigid, similarity };

/// Motion that brings source points onto target points by weighted least squares: minimises
/// sum_k w_k |s R x_k + t - y_k|^2 (s = 1 for rigid). Umeyama 1991, with his correction against reflections.
///
/// source, target  same number of points; weights empty (all 1) or one weight >= 0 a point
/// returns         nothing when the points do not determine the rotation (fewer than 3 points, or all on one
/// line:
///                 fewer than 2 singular values of the covariance above 2.2e-16), or when no weight is
///                 positive
[[nodiscard]] std::optional<Sim3> register_points(Span<const Vec3> source, Span<const Vec3> target,
                                                  Span<const double> weights, RegistrationModel model);

}  // namespace vd
