// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "scene/shapes.h"

namespace vd::synth {

/// A soft body moves by an exactly invertible map of its rest frame, so that every rendered point has a known
/// material point and the other way round. The spine runs along x; cross-sections stay plane and are
/// stretched and shifted:
///   x' = s(t) x
///   (y', z') = g(x, t) (y, z) + (f_y(x, t), f_z(x, t))
/// with s = 1 + stretch sin(rate t), g = (1 + breathe sin(wave x - rate t)) / sqrt(s),
/// f_y = (sway + sway_growth x) sin(wave x - rate t), f_z = (arch + nod sin(rate t)) x^2 + hop (1 - cos(2
/// rate t)) / 2.
struct Deformation {
  double rate_rad_s = 6;
  double wave_rad_m = 2;
  double stretch = 0;
  double breathe = 0;  // |breathe| < 1
  double sway_m = 0;
  double sway_growth = 0;  // metres a metre
  double arch_inv_m = 0;
  double nod_inv_m = 0;
  double hop_m = 0;

  /// Position in the object frame at a time of the point that rests at p.
  [[nodiscard]] Vec3 deformed(const Vec3& p, double time_s) const;
};

/// The map at one moment, with the sines of time already taken.
class DeformationAt {
 public:
  DeformationAt(const Deformation& deformation, double time_s);
  [[nodiscard]] Vec3 deformed(const Vec3& rest) const;
  [[nodiscard]] Vec3 rest_of(const Vec3& deformed) const;
  /// Surface normal at the deformed place (not unit) from the normal at rest.
  [[nodiscard]] Vec3 deformed_normal(const Vec3& rest, const Vec3& rest_normal) const;
  /// Half sizes and centre of a box that contains the deformed image of the box centre +- half.
  void bounds(const Vec3& centre, const Vec3& half, Vec3& low, Vec3& high) const;

 private:
  struct Section {
    double scale, shift_y, shift_z;
  };
  [[nodiscard]] Section section(double x) const;

  Deformation d_;
  double phase_;
  double stretch_;
  double bend_;
  double lift_;
};

/// First point with t in (t_min, t_max) where a ray in the object frame meets a deformed shape, by stepping
/// through [enter, leave] (the ray's way through the part's bounds) and bisection to the limit of float64.
/// The shape must be an ellipsoid, whose implicit function is smooth.
struct DeformedHit {
  double t;
  Vec3 rest;  // in the part's frame
};
[[nodiscard]] std::optional<DeformedHit> intersect_deformed(const Ellipsoid& shape,
                                                            const SE3& object_from_part,
                                                            const DeformationAt& deformation,
                                                            const Ray& ray_in_object, double enter,
                                                            double leave);

}  // namespace vd::synth
