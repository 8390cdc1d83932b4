// SPDX-License-Identifier: Apache-2.0
#include "stereo/window_sums.h"

#include <algorithm>
#include <cstring>

namespace vd {
namespace {

/// Four floats in one register; unaligned loads. GCC and Clang map it to whatever the machine has.
typedef float Float4 __attribute__((vector_size(16), aligned(4), may_alias));

Float4 load(const float* from) { return *reinterpret_cast<const Float4*>(from); }
void store(const Float4& value, float* to) { *reinterpret_cast<Float4*>(to) = value; }

/// Four samples (grey, slope along x, slope along y, 0) as three rows of four values.
struct Turned {
  Float4 grey, slope_x, slope_y;
};
Turned turn(const Float4& a, const Float4& b, const Float4& c, const Float4& d) {
  const Float4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Float4 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Float4 ab_y = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Float4 cd_y = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return {__builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
          __builtin_shufflevector(ab_y, cd_y, 0, 1, 4, 5)};
}

enum { count, residual, gradient, residual_squared, gradient_squared, product };

}  // namespace

WindowSums::WindowSums(const MatchImage& reference, const MatchImage& neighbour, int window_px,
                       double noise_grey)
    : reference_(reference),
      neighbour_(neighbour),
      map_(epipolar_map(reference.camera, neighbour.camera)),
      width_(reference.samples.width()),
      radius_(window_px / 2),
      noise_variance_(static_cast<float>(noise_grey * noise_grey)) {
  const auto width = static_cast<std::size_t>(width_);
  window_.assign(2 * radius_ + 1,
                 Entry{std::vector<float>(width), std::vector<float>(width), std::vector<float>(width)});
  for (auto* row : {&fraction_u_, &fraction_v_, &step_u_, &step_v_, &seen_}) row->resize(width);
  column_.resize(width);
  row_.resize(width);
  for (auto& column : columns_) column.resize(width + 2 * radius_ + 1);
  for (auto& sum : sums_) sum.resize(width);
  for (auto* row : {&terms_.slope, &terms_.curvature, &terms_.variance, &terms_.count}) row->resize(width);
}

void WindowSums::push_row(int y, const float* inverse, float* largest_parallax) {
  Entry& entry = window_[y % window_.size()];
  if (y >= static_cast<int>(window_.size())) add(entry, -1.0F);
  if (y < reference_.samples.height()) {
    project_row(y, inverse, largest_parallax);
    sample_row(y, entry);
    add(entry, 1.0F);
  } else {
    for (auto* row : {&entry.residual, &entry.gradient, &entry.seen})
      std::fill(row->begin(), row->end(), 0.0F);
  }
}

void WindowSums::project_row(int y, const float* inverse, float* largest_parallax) {
  const Eigen::Vector3f start = map_.a.col(1) * static_cast<float>(y) + map_.a.col(2);
  const float a0 = map_.a(0, 0), a1 = map_.a(1, 0), a2 = map_.a(2, 0);
  const float c0 = start.x(), c1 = start.y(), c2 = start.z();
  const float b0 = map_.b.x(), b1 = map_.b.y(), b2 = map_.b.z();
  const auto right = static_cast<float>(neighbour_.samples.width() - 1);
  const auto bottom = static_cast<float>(neighbour_.samples.height() - 1);
  const int last_column = neighbour_.samples.width() - 2;
  const int last_row = neighbour_.samples.height() - 2;
  int* __restrict out_column = column_.data();
  int* __restrict out_row = row_.data();
  float* __restrict out_fraction_u = fraction_u_.data();
  float* __restrict out_fraction_v = fraction_v_.data();
  float* __restrict out_step_u = step_u_.data();
  float* __restrict out_step_v = step_v_.data();
  float* __restrict out_seen = seen_.data();
  const int width = width_;
  for (int x = 0; x < width; ++x) {
    const auto xf = static_cast<float>(x);
    const float w = inverse[x];
    const float z = a2 * xf + c2 + w * b2;
    const float inverse_z = 1.0F / (z > 1e-3F ? z : 1e-3F);
    const float u = (a0 * xf + c0 + w * b0) * inverse_z;
    const float v = (a1 * xf + c1 + w * b1) * inverse_z;
    // Products instead of && keep the loop free of branches.
    const float seen = (z > 1e-3F ? 1.0F : 0.0F) * (u >= 0 ? 1.0F : 0.0F) * (v >= 0 ? 1.0F : 0.0F) *
                       (u <= right ? 1.0F : 0.0F) * (v <= bottom ? 1.0F : 0.0F);
    const float seen_u = seen * u;
    const float seen_v = seen * v;
    const int x0 = std::min(static_cast<int>(seen_u), last_column);
    const int y0 = std::min(static_cast<int>(seen_v), last_row);
    out_column[x] = x0;
    out_row[x] = y0;
    out_fraction_u[x] = seen_u - static_cast<float>(x0);
    out_fraction_v[x] = seen_v - static_cast<float>(y0);
    out_step_u[x] = seen * w * inverse_z * (b0 - u * b2);
    out_step_v[x] = seen * w * inverse_z * (b1 - v * b2);
    out_seen[x] = seen;
  }
  if (largest_parallax == nullptr) return;
  for (int x = 0; x < width; ++x) {
    const float length = std::sqrt(out_step_u[x] * out_step_u[x] + out_step_v[x] * out_step_v[x]);
    largest_parallax[x] = length > largest_parallax[x] ? length : largest_parallax[x];
  }
}

void WindowSums::sample_row(int y, Entry& entry) {
  const std::ptrdiff_t stride = 4 * static_cast<std::ptrdiff_t>(neighbour_.samples.width());
  const float* image = neighbour_.samples.data();
  const auto sample = [&](int x) {
    const float* corner = image + row_[x] * stride + 4 * static_cast<std::ptrdiff_t>(column_[x]);
    const Float4 top = load(corner) + (load(corner + 4) - load(corner)) * fraction_u_[x];
    const Float4 low =
        load(corner + stride) + (load(corner + stride + 4) - load(corner + stride)) * fraction_u_[x];
    return top + (low - top) * fraction_v_[x];
  };
  const float* reference = reference_.samples.row(y);
  float* __restrict e = entry.residual.data();
  float* __restrict g = entry.gradient.data();
  std::copy(seen_.begin(), seen_.end(), entry.seen.begin());
  int x = 0;
  for (; x + 4 <= width_; x += 4) {  // samples of four pixels side by side, turned into rows of values
    const Turned there = turn(sample(x), sample(x + 1), sample(x + 2), sample(x + 3));
    const Float4 here = turn(load(reference + 4 * x), load(reference + 4 * x + 4),
                             load(reference + 4 * x + 8), load(reference + 4 * x + 12))
                            .grey;
    store(load(&seen_[x]) * (here - there.grey), e + x);
    store(there.slope_x * load(&step_u_[x]) + there.slope_y * load(&step_v_[x]), g + x);
  }
  for (; x < width_; ++x) {
    const Float4 there = sample(x);
    e[x] = seen_[x] * (reference[4 * x] - there[0]);
    g[x] = there[1] * step_u_[x] + there[2] * step_v_[x];
  }
}

void WindowSums::add(const Entry& entry, float sign) {
  const float* e = entry.residual.data();
  const float* g = entry.gradient.data();
  const float* seen = entry.seen.data();
  float* __restrict column[6];
  for (int k = 0; k < 6; ++k) column[k] = columns_[k].data() + radius_ + 1;
  float* __restrict c0 = column[count];
  float* __restrict c1 = column[residual];
  float* __restrict c2 = column[gradient];
  float* __restrict c3 = column[residual_squared];
  float* __restrict c4 = column[gradient_squared];
  float* __restrict c5 = column[product];
  for (int x = 0; x < width_; ++x) {
    const float se = sign * e[x];
    const float sg = sign * g[x];
    c0[x] += sign * seen[x];
    c1[x] += se;
    c2[x] += sg;
    c3[x] += se * e[x];
    c4[x] += sg * g[x];
    c5[x] += sg * e[x];
  }
}

void WindowSums::compute_terms() {
  float running[6];
  for (int k = 0; k < 6; ++k) {
    running[k] = 0;
    for (int x = 0; x < 2 * radius_ + 1; ++x) running[k] += columns_[k][x];
  }
  const int reach = 2 * radius_ + 1;
  // Six running sums side by side: each waits for its own last addition only.
  const float* __restrict columns[6];
  float* __restrict sums[6];
  for (int k = 0; k < 6; ++k) {
    columns[k] = columns_[k].data();
    sums[k] = sums_[k].data();
  }
  for (int x = 0; x < width_; ++x)
    for (int k = 0; k < 6; ++k) sums[k][x] = running[k] += columns[k][x + reach] - columns[k][x];
  finish_terms();
}

void WindowSums::finish_terms() {
  const float window = static_cast<float>(2 * radius_ + 1);
  const float fewest = 0.25F * window * window;
  const float noise_variance = noise_variance_;
  const float* __restrict n = sums_[count].data();
  const float* __restrict e = sums_[residual].data();
  const float* __restrict g = sums_[gradient].data();
  const float* __restrict ee = sums_[residual_squared].data();
  const float* __restrict gg = sums_[gradient_squared].data();
  const float* __restrict eg = sums_[product].data();
  float* __restrict slope = terms_.slope.data();
  float* __restrict curvature = terms_.curvature.data();
  float* __restrict unexplained = terms_.variance.data();
  for (int x = 0; x < width_; ++x) {
    const float inverse_n = 1.0F / std::max(n[x], 1.0F);
    const float mean_e = e[x] * inverse_n;
    const float mean_g = g[x] * inverse_n;
    const float variance = std::max(ee[x] * inverse_n - mean_e * mean_e, 0.0F);
    const float seen_variance = variance + 0.05F * mean_e * mean_e + noise_variance;
    slope[x] = eg[x] * inverse_n - mean_e * mean_g;
    curvature[x] = std::max(gg[x] * inverse_n - mean_g * mean_g, 0.0F);
    unexplained[x] = n[x] > fewest ? seen_variance : 1e6F;
  }
  std::copy(n, n + width_, terms_.count.begin());
}

}  // namespace vd
