// SPDX-License-Identifier: Apache-2.0
#include "scene/deformation.h"

#include <algorithm>
#include <cmath>

namespace vd::synth {

DeformationAt::DeformationAt(const Deformation& deformation, double time_s) : d_(deformation) {
  phase_ = d_.rate_rad_s * time_s;
  stretch_ = 1 + d_.stretch * std::sin(phase_);
  bend_ = d_.arch_inv_m + d_.nod_inv_m * std::sin(phase_);
  lift_ = d_.hop_m * 0.5 * (1 - std::cos(2 * phase_));
}

DeformationAt::Section DeformationAt::section(double x) const {
  const double wave = std::sin(d_.wave_rad_m * x - phase_);
  return {(1 + d_.breathe * wave) / std::sqrt(stretch_), (d_.sway_m + d_.sway_growth * x) * wave,
          bend_ * x * x + lift_};
}

Vec3 DeformationAt::deformed(const Vec3& rest) const {
  const Section s = section(rest.x());
  return {stretch_ * rest.x(), s.scale * rest.y() + s.shift_y, s.scale * rest.z() + s.shift_z};
}

Vec3 DeformationAt::rest_of(const Vec3& p) const {
  const double x = p.x() / stretch_;
  const Section s = section(x);
  return {x, (p.y() - s.shift_y) / s.scale, (p.z() - s.shift_z) / s.scale};
}

Vec3 DeformationAt::deformed_normal(const Vec3& rest, const Vec3& n) const {
  // Normals go with the inverse transpose of the Jacobian [s 0 0; a g 0; b 0 g].
  const double cosine = d_.wave_rad_m * std::cos(d_.wave_rad_m * rest.x() - phase_);
  const double sine = std::sin(d_.wave_rad_m * rest.x() - phase_);
  const double g = (1 + d_.breathe * sine) / std::sqrt(stretch_),
               dg = d_.breathe * cosine / std::sqrt(stretch_);
  const double a = dg * rest.y() + d_.sway_growth * sine + (d_.sway_m + d_.sway_growth * rest.x()) * cosine;
  const double b = dg * rest.z() + 2 * bend_ * rest.x();
  return {(n.x() - (a * n.y() + b * n.z()) / g) / stretch_, n.y() / g, n.z() / g};
}

void DeformationAt::bounds(const Vec3& centre, const Vec3& half, Vec3& low, Vec3& high) const {
  const double x0 = centre.x() - half.x(), x1 = centre.x() + half.x();
  const double reach = std::max(std::abs(x0), std::abs(x1));
  const double scale = (1 + std::abs(d_.breathe)) / std::sqrt(stretch_);
  const double smaller = (1 - std::abs(d_.breathe)) / std::sqrt(stretch_);
  const double sway = std::abs(d_.sway_m) + std::abs(d_.sway_growth) * reach;
  const double nearest = x0 > 0 ? x0 : x1 < 0 ? -x1 : 0.0;
  const double bend_a = bend_ * nearest * nearest, bend_b = bend_ * reach * reach;
  const auto lowest = [&](double v) { return v * (v > 0 ? smaller : scale); };
  const auto highest = [&](double v) { return v * (v > 0 ? scale : smaller); };
  low = {stretch_ * x0, lowest(centre.y() - half.y()) - sway,
         lowest(centre.z() - half.z()) + std::min(bend_a, bend_b) + lift_};
  high = {stretch_ * x1, highest(centre.y() + half.y()) + sway,
          highest(centre.z() + half.z()) + std::max(bend_a, bend_b) + lift_};
}

Vec3 Deformation::deformed(const Vec3& p, double time_s) const {
  return DeformationAt(*this, time_s).deformed(p);
}

std::optional<DeformedHit> intersect_deformed(const Ellipsoid& shape, const SE3& object_from_part,
                                              const DeformationAt& deformation, const Ray& ray, double enter,
                                              double leave) {
  if (!(enter < leave)) return {};
  const SE3 part_from_object = inverse(object_from_part);
  const Mat3 rotation = part_from_object.matrix();
  const Vec3 inverse_radii = shape.radii.cwiseInverse();
  const auto rest_at = [&](double t) {
    return Vec3(rotation * deformation.rest_of(ray.at(t)) + part_from_object.translation);
  };
  const auto value = [&](double t) { return rest_at(t).cwiseProduct(inverse_radii).squaredNorm() - 1; };

  constexpr int steps = 14;
  const double step = (leave - enter) / steps;
  double before = 0, previous = value(enter), outside = enter, inside = leave;
  bool found = false;
  for (int k = 1; k <= steps && !found; ++k) {
    const double t = k == steps ? leave : enter + k * step;
    const double here = value(t);
    if ((previous > 0) != (here > 0)) {
      outside = t - step, inside = t, found = true;
    } else if (k >= 2 && previous > 0 && before > previous && here >= previous) {
      // The ray only grazes the body between two steps: look at the bottom of the parabola.
      const double offset = 0.5 * (before - here) / (before - 2 * previous + here);
      const double bottom = t - step + offset * step;
      if (value(bottom) < 0) outside = bottom - step, inside = bottom, found = true;
    }
    before = previous;
    previous = here;
  }
  if (!found) return {};
  // Illinois variant of the false-position rule: as safe as bisection, five evaluations instead of fifty.
  double f_outside = value(outside), f_inside = value(inside);
  int kept = 0;  // +1: inside stayed in the last step, -1: outside stayed
  for (int k = 0; k < 60 && std::abs(inside - outside) > 1e-14 * std::abs(inside); ++k) {
    const double t = (outside * f_inside - inside * f_outside) / (f_inside - f_outside);
    const double f = value(t);
    if (f == 0 || t == outside || t == inside) return DeformedHit{t, rest_at(t)};
    if ((f > 0) == (f_outside > 0)) {
      outside = t, f_outside = f;
      if (kept == 1) f_inside *= 0.5;
      kept = 1;
    } else {
      inside = t, f_inside = f;
      if (kept == -1) f_outside *= 0.5;
      kept = -1;
    }
  }
  return DeformedHit{outside, rest_at(outside)};
}

}  // namespace vd::synth
