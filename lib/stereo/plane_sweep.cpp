// SPDX-License-Identifier: Apache-2.0
#include "stereo/plane_sweep.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"
#include "stereo/census.h"
#include "stereo/epipolar.h"

namespace vd {
namespace {

constexpr std::uint8_t worst_cost = 2 * Census::max_cost;
// A plane that leaves the neighbour is neither right nor wrong: a little better than a random match, so that
// wrong planes inside do not win against the right one outside, as they would at the border of a camera that
// moves forward.
constexpr std::uint8_t outside_cost = 36;

std::vector<EpipolarMap> reduced_maps(const MatchImage& reference, Span<const MatchImage* const> neighbours) {
  std::vector<EpipolarMap> maps;
  for (const MatchImage* other : neighbours)
    maps.push_back(epipolar_map(reference.sweep_camera, other->sweep_camera));
  return maps;
}

/// One plane per pixel of the epipolar search that is longer than those of 80 % of the image.
int count_planes(const MatchImage& reference, const std::vector<EpipolarMap>& maps, float w_far, float w_near,
                 const PlaneSweepOptions& options) {
  std::vector<float> lengths;
  constexpr int step = 8;
  for (int y = step / 2; y < reference.sweep_image.height(); y += step) {
    for (int x = step / 2; x < reference.sweep_image.width(); x += step) {
      float longest = 0;
      for (const EpipolarMap& map : maps) {
        const Projection far = project(map, static_cast<float>(x), static_cast<float>(y), w_far);
        const Projection near = project(map, static_cast<float>(x), static_cast<float>(y), w_near);
        if (far.depth_ratio > 0.05F && near.depth_ratio > 0.05F)
          longest = std::max(longest, std::hypot(near.x - far.x, near.y - far.y));
      }
      lengths.push_back(longest);
    }
  }
  if (lengths.empty()) return options.min_planes;
  const auto at = lengths.begin() + static_cast<std::ptrdiff_t>(0.8 * (lengths.size() - 1));
  std::nth_element(lengths.begin(), at, lengths.end());
  return std::clamp(static_cast<int>(std::min(*at, 1e4F)) + 1, options.min_planes, options.max_planes);
}

/// Where the pixels of a row land: the first of the four samples around, and 1/32 px from it.
struct RowTargets {
  std::vector<int> corner, right, below;
  explicit RowTargets(int width) : corner(width), right(width), below(width) {}
};

/// One row seen through a plane; a loop without branches. outside is set to 1 where the plane leaves the
/// neighbour, whose first pixel then takes the place.
void project_row(const EpipolarMap& map, const Eigen::Vector3f& start, const Map<std::int8_t>& image,
                 RowTargets& targets, std::uint8_t* __restrict outside) {
  const int width = static_cast<int>(targets.corner.size());
  const int image_width = image.width();
  const int last_column = std::max(0, image.width() - 2);
  const int last_row = std::max(0, image.height() - 2);
  const auto right = static_cast<float>(image.width() - 1);
  const auto bottom = static_cast<float>(image.height() - 1);
  const float step_x = map.a(0, 0), step_y = map.a(1, 0), step_z = map.a(2, 0);
  const float start_x = start.x(), start_y = start.y(), start_z = start.z();
  int* __restrict corner = targets.corner.data();
  int* __restrict to_right = targets.right.data();
  int* __restrict to_below = targets.below.data();
  for (int x = 0; x < width; ++x) {
    const auto xf = static_cast<float>(x);
    const float z = step_z * xf + start_z;
    const float inverse_z = 1.0F / z;
    const float u = (step_x * xf + start_x) * inverse_z;
    const float v = (step_y * xf + start_y) * inverse_z;
    // Bits instead of && keep the loop free of branches.
    const bool inside = (z > 0) & (u >= 0) & (v >= 0) & (u <= right) & (v <= bottom);
    const int u32 = static_cast<int>((inside ? u : 0.0F) * 32);
    const int v32 = static_cast<int>((inside ? v : 0.0F) * 32);
    const int x0 = std::min(u32 >> 5, last_column);
    const int y0 = std::min(v32 >> 5, last_row);
    corner[x] = y0 * image_width + x0;
    to_right[x] = u32 - (x0 << 5);
    to_below[x] = v32 - (y0 << 5);
    outside[x] = inside ? 0 : 1;
  }
}

/// Neighbour seen through a plane: bilinear, in 1/32 px.
void warp_by_plane(const Map<std::int8_t>& image, const EpipolarMap& map, float w, RowTargets& targets,
                   Map<std::int8_t>& warped, Map<std::uint8_t>& outside) {
  const Eigen::Vector3f column = map.a.col(2) + w * map.b;
  const int column_step = image.width() > 1 ? 1 : 0;
  const int row_step = image.height() > 1 ? image.width() : 0;
  for (int y = 0; y < warped.height(); ++y) {
    project_row(map, map.a.col(1) * static_cast<float>(y) + column, image, targets, outside.row(y));
    std::int8_t* out = warped.row(y);
    for (int x = 0; x < warped.width(); ++x) {
      const std::int8_t* at = image.data() + targets.corner[x];
      const int au = targets.right[x];
      const int av = targets.below[x];
      const int top = at[0] * (32 - au) + at[column_step] * au;
      const int low = at[row_step] * (32 - au) + at[row_step + column_step] * au;
      out[x] = static_cast<std::int8_t>((top * (32 - av) + low * av + 512) >> 10);
    }
  }
}

/// Twice the 3x3 mean, border pixels repeated.
void smooth_and_double(const Map<std::uint8_t>& cost, std::vector<std::uint16_t>& sums,
                       Map<std::uint8_t>& smooth) {
  const int width = cost.width();
  sums.resize(width + 2);
  for (int y = 0; y < cost.height(); ++y) {
    const std::uint8_t* above = cost.row(std::max(y - 1, 0));
    const std::uint8_t* here = cost.row(y);
    const std::uint8_t* below = cost.row(std::min(y + 1, cost.height() - 1));
    for (int x = 0; x < width; ++x) sums[x + 1] = static_cast<std::uint16_t>(above[x] + here[x] + below[x]);
    sums[0] = sums[1];
    sums[width + 1] = sums[width];
    std::uint8_t* out = smooth.row(y);
    const std::uint16_t* sum = sums.data();
    for (int x = 0; x < width; ++x) {  // 14564 / 65536 = 2 / 9
      const auto all = static_cast<std::uint16_t>(sum[x] + sum[x + 1] + sum[x + 2]);
      out[x] = static_cast<std::uint8_t>((all * 14564U + 32768U) >> 16);
    }
  }
}

/// The smallest costs over the neighbours, kept sorted per pixel by exchanging minimum and maximum.
class BetterHalf {
 public:
  BetterHalf(std::size_t neighbours, int width, int height)
      : kept_((neighbours + 1) / 2, Map<std::uint8_t>(width, height)) {}

  void restart() {
    for (auto& map : kept_) std::fill(map.values().begin(), map.values().end(), worst_cost);
  }

  void insert(Map<std::uint8_t>& cost) {
    const std::size_t count = cost.pixels();
    for (auto& map : kept_) {
      std::uint8_t* __restrict kept = map.data();
      std::uint8_t* __restrict value = cost.data();
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t smaller = std::min(kept[i], value[i]);
        value[i] = std::max(kept[i], value[i]);
        kept[i] = smaller;
      }
    }
  }

  void write_mean(Map<std::uint8_t>& mean) const {
    const auto count = static_cast<unsigned>(kept_.size());
    const unsigned reciprocal = (65536U + count - 1) / count;
    const std::size_t pixels = mean.pixels();
    std::vector<std::uint16_t> sums(pixels);
    std::uint16_t* __restrict sum = sums.data();
    for (const auto& map : kept_) {
      const std::uint8_t* __restrict kept = map.data();
      for (std::size_t i = 0; i < pixels; ++i) sum[i] = static_cast<std::uint16_t>(sum[i] + kept[i]);
    }
    std::uint8_t* __restrict out = mean.data();
    for (std::size_t i = 0; i < pixels; ++i) out[i] = static_cast<std::uint8_t>((sum[i] * reciprocal) >> 16);
  }

 private:
  std::vector<Map<std::uint8_t>> kept_;
};

/// Planes come one by one, the volume keeps those of a pixel together: several at a time go in, so that every
/// line of memory is fetched once for all of them.
void write_planes(const std::vector<Map<std::uint8_t>>& means, int first, int count, CostVolume& volume) {
  const std::size_t pixels = static_cast<std::size_t>(volume.width) * volume.height;
  for (std::size_t i = 0; i < pixels; ++i) {
    std::uint8_t* out = volume.values.data() + i * volume.planes + first;
    for (int k = 0; k < count; ++k) out[k] = means[k].data()[i];
  }
}

void replace_outside(const Map<std::uint8_t>& outside, Map<std::uint8_t>& cost) {
  const std::size_t count = cost.pixels();
  const std::uint8_t* __restrict left = outside.data();
  std::uint8_t* __restrict value = cost.data();
  for (std::size_t i = 0; i < count; ++i)
    value[i] = left[i] != 0 ? outside_cost : std::min(value[i], worst_cost);
}

CostVolume matching_costs(const MatchImage& reference, Span<const MatchImage* const> neighbours,
                          const std::vector<EpipolarMap>& maps,
                          const std::vector<float>& plane_inverse_depths, int dead_zone) {
  const int width = reference.sweep_image.width();
  const int height = reference.sweep_image.height();
  const Census census(reference.sweep_image, dead_zone);
  CostVolume volume{width, height, static_cast<int>(plane_inverse_depths.size()), {}};
  volume.values.resize(static_cast<std::size_t>(width) * height * volume.planes);
  BetterHalf better_half(neighbours.size(), width, height);
  Map<std::int8_t> warped(width, height);
  Map<std::uint8_t> outside(width, height), cost(width, height), smooth(width, height);
  std::vector<std::uint16_t> sums;
  RowTargets targets(width);
  constexpr int planes_at_once = 16;
  std::vector<Map<std::uint8_t>> means(planes_at_once, Map<std::uint8_t>(width, height));
  for (int plane = 0; plane < volume.planes; ++plane) {
    better_half.restart();
    for (std::size_t k = 0; k < neighbours.size(); ++k) {
      warp_by_plane(neighbours[k]->sweep_image, maps[k], plane_inverse_depths[plane], targets, warped,
                    outside);
      census.compare(warped, cost);
      smooth_and_double(cost, sums, smooth);
      replace_outside(outside, smooth);
      better_half.insert(smooth);
    }
    const int in_batch = plane % planes_at_once;
    better_half.write_mean(means[in_batch]);
    if (in_batch + 1 == planes_at_once || plane + 1 == volume.planes)
      write_planes(means, plane - in_batch, in_batch + 1, volume);
  }
  return volume;
}

}  // namespace

Map<float> plane_sweep(const MatchImage& reference, Span<const MatchImage* const> neighbours,
                       const DepthRange& range, const PlaneSweepOptions& options) {
  if (neighbours.empty()) throw Error("plane sweep", "no neighbour to compare with");
  if (!range.valid()) throw Error("plane sweep", "no depth range to search");
  const auto w_far = static_cast<float>(1.0 / range.far);
  const auto w_near = static_cast<float>(1.0 / range.near);
  const std::vector<EpipolarMap> maps = reduced_maps(reference, neighbours);
  const int planes = count_planes(reference, maps, w_far, w_near, options);
  std::vector<float> inverse_depths(planes);
  const float step = (w_near - w_far) / static_cast<float>(planes - 1);
  for (int d = 0; d < planes; ++d) inverse_depths[d] = w_far + step * static_cast<float>(d);

  const CostVolume costs = matching_costs(reference, neighbours, maps, inverse_depths, options.dead_zone);
  Map<float> small = semi_global_planes(costs, reference.sweep_image, options.semi_global);
  for (float& plane : small.values()) plane = w_far + step * plane;
  cv::Mat smooth, full;
  cv::medianBlur(as_mat(small), smooth, 3);
  const Intrinsics& size = reference.camera.intrinsics;
  cv::resize(smooth, full, cv::Size(size.width, size.height), 0, 0, cv::INTER_LINEAR);
  return from_mat<float>(full);
}

}  // namespace vd
