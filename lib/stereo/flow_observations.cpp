// SPDX-License-Identifier: Apache-2.0
#include "stereo/flow_observations.h"

#include <algorithm>

namespace vd {
namespace {

struct Vector2 {
  float x, y;
};

/// Bilinear flow vector; false outside the image. NaN stays NaN.
inline bool sample(const FlowMap& flow, float x, float y, Vector2& value) {
  const int width = flow.width();
  const int height = flow.height();
  if (!(x >= 0 && y >= 0 && x <= static_cast<float>(width - 1) && y <= static_cast<float>(height - 1)))
    return false;
  const int x0 = std::min(static_cast<int>(x), std::max(0, width - 2));
  const int y0 = std::min(static_cast<int>(y), std::max(0, height - 2));
  const std::ptrdiff_t right = width > 1 ? 2 : 0;
  const std::ptrdiff_t below = height > 1 ? 2 * static_cast<std::ptrdiff_t>(width) : 0;
  const float* top = flow.row(y0) + 2 * static_cast<std::ptrdiff_t>(x0);
  const float* low = top + below;
  const float ax = x - static_cast<float>(x0);
  const float ay = y - static_cast<float>(y0);
  const float top_x = top[0] + (top[right] - top[0]) * ax;
  const float top_y = top[1] + (top[right + 1] - top[1]) * ax;
  const float low_x = low[0] + (low[right] - low[0]) * ax;
  const float low_y = low[1] + (low[right + 1] - low[1]) * ax;
  value = {top_x + (low_x - top_x) * ay, top_y + (low_y - top_y) * ay};
  return true;
}

inline float squared_length(float x, float y) { return x * x + y * y; }

}  // namespace

FlowObserver::FlowObserver(const FlowSet& flows, std::size_t index, const InverseDepthWarp& warp,
                           const TrustLimits& limits)
    : flow_(*flows[index].flow),
      back_(*flows[index].flow_back),
      at_infinity_(warp.at_infinity.cast<float>()),
      return_squared_(limits.return_px * limits.return_px),
      chain_squared_(limits.chain_px * limits.chain_px) {
  const NeighbourFlow& own = flows[index];
  if (!own.second_half || own.offset % 2 != 0) return;
  for (const NeighbourFlow& other : flows)
    if (other.offset == own.offset / 2) first_half_ = other.flow.get();
  if (first_half_) second_half_ = own.second_half.get();
}

void FlowObserver::read_row(int y, int first_x, int step, const float* texture, RowObservations& row) const {
  const float* flow = flow_.row(y);
  const Eigen::Vector3f start = at_infinity_.col(1) * static_cast<float>(y) + at_infinity_.col(2);
  const Eigen::Vector3f along = at_infinity_.col(0);
  std::size_t k = 0;
  for (int x = first_x; x < flow_.width(); x += step, ++k) {
    row.information[k] = 0;
    row.u[k] = 0;
    row.v[k] = 0;
    const float fx = flow[2 * x];
    const float fy = flow[2 * x + 1];
    const float u = static_cast<float>(x) + fx;
    const float v = static_cast<float>(y) + fy;
    Vector2 back{};
    if (!sample(back_, u, v, back)) continue;
    const float return_error = squared_length(fx + back.x, fy + back.y);
    if (!(return_error <= return_squared_)) continue;
    float chain_error = 0;
    if (second_half_) {
      const float* first = first_half_->row(y) + 2 * static_cast<std::ptrdiff_t>(x);
      Vector2 second{};
      if (!sample(*second_half_, static_cast<float>(x) + first[0], static_cast<float>(y) + first[1], second))
        continue;
      chain_error = squared_length(first[0] + second.x - fx, first[1] + second.y - fy);
      if (!(chain_error <= chain_squared_)) continue;
    }
    const auto xf = static_cast<float>(x);
    const float z = along.z() * xf + start.z();
    if (!(z > 1e-6F)) continue;
    const float inverse_z = 1.0F / z;
    const float parallax = squared_length(u - (along.x() * xf + start.x()) * inverse_z,
                                          v - (along.y() * xf + start.y()) * inverse_z);
    const float variance =
        0.04F + 2.25F * return_error + chain_error + 0.16F / (texture[x] + 0.3F) + 4e-4F * parallax;
    row.u[k] = u;
    row.v[k] = v;
    row.information[k] = 1.0F / variance;
  }
}

}  // namespace vd
