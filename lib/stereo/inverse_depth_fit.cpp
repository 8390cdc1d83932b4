// SPDX-License-Identifier: Apache-2.0
#include "stereo/inverse_depth_fit.h"

#include <algorithm>
#include <utility>

namespace vd {
namespace {

constexpr float least_depth_ratio = 1e-6F;  // behind the neighbour below

}  // namespace

/// The warp along a row: p ~ start + k * step + w * b.
struct InverseDepthFit::Line {
  float x, y, z;
  float step_x, step_y, step_z;
  float bx, by, bz;

  struct Point {
    float x, y;       // pixels
    float z;          // depth ratio; x and y mean something above least_depth_ratio
    float inverse_z;  // of z, at least least_depth_ratio
  };
  /// Where pixel k of the row goes for an inverse depth.
  [[nodiscard]] Point at(int k, float inverse_depth) const {
    const auto along = static_cast<float>(k);
    const float depth_ratio = z + along * step_z + inverse_depth * bz;
    const float inverse_z = 1.0F / std::max(depth_ratio, least_depth_ratio);
    return {(x + along * step_x + inverse_depth * bx) * inverse_z,
            (y + along * step_y + inverse_depth * by) * inverse_z, depth_ratio, inverse_z};
  }
};

InverseDepthFit::InverseDepthFit(std::vector<InverseDepthWarp> warps, std::size_t count, int first_x,
                                 int step, double largest)
    : warps_(std::move(warps)),
      first_x_(static_cast<float>(first_x)),
      step_(static_cast<float>(step)),
      largest_(static_cast<float>(largest)) {
  for (auto* row : {&best_, &least_, &candidate_, &cost_, &gradient_, &curvature_}) row->resize(count);
}

InverseDepthFit::Line InverseDepthFit::line(std::size_t neighbour, int y) const {
  const InverseDepthWarp& warp = warps_[neighbour];
  const Eigen::Vector3f start = (warp.at_infinity * Vec3(first_x_, y, 1)).cast<float>();
  const Eigen::Vector3f along = (warp.at_infinity.col(0) * step_).cast<float>();
  const Eigen::Vector3f b = warp.epipole.cast<float>();
  return {start.x(), start.y(), start.z(), along.x(), along.y(), along.z(), b.x(), b.y(), b.z()};
}

/// Cost of the candidates.
void InverseDepthFit::evaluate(int y, const std::vector<RowObservations>& rows) {
  const auto count = static_cast<int>(best_.size());
  std::fill(cost_.begin(), cost_.end(), 0.0F);
  float* __restrict cost = cost_.data();
  const float* __restrict w = candidate_.data();
  for (std::size_t neighbour = 0; neighbour < warps_.size(); ++neighbour) {
    const Line l = line(neighbour, y);
    const float* __restrict u = rows[neighbour].u.data();
    const float* __restrict v = rows[neighbour].v.data();
    const float* __restrict information = rows[neighbour].information.data();
    for (int k = 0; k < count; ++k) {
      const Line::Point p = l.at(k, w[k]);
      const float rx = p.x - u[k];
      const float ry = p.y - v[k];
      const float capped = std::min((rx * rx + ry * ry) * information[k], worst_cost);
      const float worst = information[k] > 0 ? worst_cost : 0.0F;
      cost[k] += p.z > least_depth_ratio ? capped : worst;
    }
  }
}

void InverseDepthFit::keep_better() {
  const auto count = static_cast<int>(best_.size());
  float* __restrict best = best_.data();
  float* __restrict least = least_.data();
  const float* __restrict w = candidate_.data();
  const float* __restrict cost = cost_.data();
  for (int k = 0; k < count; ++k) {
    best[k] = cost[k] < least[k] ? w[k] : best[k];
    least[k] = std::min(cost[k], least[k]);
  }
}

/// Candidates by a Gauss-Newton step with weights that forget gross errors.
void InverseDepthFit::refine(int y, const std::vector<RowObservations>& rows) {
  const auto count = static_cast<int>(best_.size());
  for (auto* sum : {&gradient_, &curvature_}) std::fill(sum->begin(), sum->end(), 0.0F);
  float* __restrict gradient = gradient_.data();
  float* __restrict curvature = curvature_.data();
  const float* __restrict w = best_.data();
  for (std::size_t neighbour = 0; neighbour < warps_.size(); ++neighbour) {
    const Line l = line(neighbour, y);
    const float* __restrict u = rows[neighbour].u.data();
    const float* __restrict v = rows[neighbour].v.data();
    const float* __restrict information = rows[neighbour].information.data();
    for (int k = 0; k < count; ++k) {
      const Line::Point p = l.at(k, w[k]);
      const float rx = p.x - u[k];
      const float ry = p.y - v[k];
      const float sx = (l.bx - p.x * l.bz) * p.inverse_z;
      const float sy = (l.by - p.y * l.bz) * p.inverse_z;
      const float inverse_damping = 1.0F / (1.0F + (rx * rx + ry * ry) * information[k] * (1.0F / 9.0F));
      const float visible = p.z > least_depth_ratio ? information[k] : 0.0F;
      const float weight = visible * inverse_damping * inverse_damping;
      gradient[k] += weight * (sx * rx + sy * ry);
      curvature[k] += weight * (sx * sx + sy * sy);
    }
  }
  float* __restrict candidate = candidate_.data();
  for (int k = 0; k < count; ++k) {
    const float step = curvature[k] > 0 ? gradient[k] / std::max(curvature[k], 1e-20F) : 0.0F;
    candidate[k] = std::min(std::max(w[k] - step, 0.0F), largest_);
  }
}

void InverseDepthFit::fit(int y, const std::vector<RowObservations>& rows) {
  const auto count = static_cast<int>(best_.size());
  std::fill(candidate_.begin(), candidate_.end(), 0.0F);
  evaluate(y, rows);
  best_ = candidate_;
  least_ = cost_;
  // The cost has several minima when the vectors disagree: the best of all closed forms is the start, the
  // inverse depths at which the epipolar line of one vector passes closest to its end.
  for (std::size_t neighbour = 0; neighbour < warps_.size(); ++neighbour) {
    const Line l = line(neighbour, y);
    const float* __restrict u = rows[neighbour].u.data();
    const float* __restrict v = rows[neighbour].v.data();
    const float* __restrict information = rows[neighbour].information.data();
    float* __restrict candidate = candidate_.data();
    for (int k = 0; k < count; ++k) {
      const auto x = static_cast<float>(k);
      const float gx = l.bx - u[k] * l.bz;
      const float gy = l.by - v[k] * l.bz;
      const float az = l.z + x * l.step_z;
      const float hx = u[k] * az - (l.x + x * l.step_x);
      const float hy = v[k] * az - (l.y + x * l.step_y);
      const float length = gx * gx + gy * gy;
      const float w = length > 1e-12F ? (gx * hx + gy * hy) / std::max(length, 1e-12F) : 0.0F;
      candidate[k] = information[k] > 0 ? std::min(std::max(w, 0.0F), largest_) : 0.0F;
    }
    evaluate(y, rows);
    keep_better();
  }
  for (int round = 0; round < 2; ++round) {
    refine(y, rows);
    evaluate(y, rows);
    keep_better();
  }
}

}  // namespace vd
