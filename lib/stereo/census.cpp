// SPDX-License-Identifier: Apache-2.0
#include "stereo/census.h"

#include <algorithm>
#include <utility>

namespace vd {
namespace {

constexpr int radius = Census::radius;

/// The image with its border pixels repeated, so that loops over rows need no conditions.
Map<std::int8_t> padded(const Map<std::int8_t>& image) {
  Map<std::int8_t> larger(image.width() + 2 * radius, image.height() + 2 * radius);
  for (int y = 0; y < larger.height(); ++y) {
    const std::int8_t* from = image.row(std::clamp(y - radius, 0, image.height() - 1));
    std::int8_t* to = larger.row(y);
    std::fill(to, to + radius, from[0]);
    std::copy(from, from + image.width(), to + radius);
    std::fill(to + radius + image.width(), to + larger.width(), from[image.width() - 1]);
  }
  return larger;
}

std::vector<std::pair<int, int>> neighbourhood() {
  std::vector<std::pair<int, int>> offsets;
  for (int dy = -radius; dy <= radius; ++dy)
    for (int dx = -radius; dx <= radius; ++dx)
      if (dx != 0 || dy != 0) offsets.emplace_back(dx, dy);
  return offsets;
}

/// Bounds of "neither darker nor brighter" about each centre of a row. Signed bytes compare in one
/// instruction.
struct Bounds {
  std::vector<std::int8_t> low, high;
  Bounds(const std::int8_t* centre, int width, int dead_zone) : low(width), high(width) {
    for (int x = 0; x < width; ++x) {
      low[x] = static_cast<std::int8_t>(std::max(centre[x] - dead_zone, -128));
      high[x] = static_cast<std::int8_t>(std::min(centre[x] + dead_zone, 127));
    }
  }
};

void states_of_row(const std::int8_t* neighbour, const Bounds& bounds, int width, std::int8_t* state) {
  const std::int8_t* low = bounds.low.data();
  const std::int8_t* high = bounds.high.data();
  for (int x = 0; x < width; ++x)
    state[x] = static_cast<std::int8_t>((neighbour[x] > high[x]) - (neighbour[x] < low[x]));
}

void add_differences(const std::int8_t* __restrict neighbour, const std::int8_t* __restrict low,
                     const std::int8_t* __restrict high, const std::int8_t* __restrict reference, int width,
                     std::uint8_t* __restrict cost) {
  for (int x = 0; x < width; ++x) {
    const auto state = static_cast<std::int8_t>((neighbour[x] > high[x]) - (neighbour[x] < low[x]));
    const auto difference = static_cast<std::int8_t>(state - reference[x]);
    const auto magnitude = static_cast<std::int8_t>(difference < 0 ? -difference : difference);
    cost[x] = static_cast<std::uint8_t>(cost[x] + magnitude);
  }
}

}  // namespace

Census::Census(const Map<std::int8_t>& image, int dead_zone)
    : width_(image.width()), height_(image.height()), dead_zone_(dead_zone) {
  const Map<std::int8_t> larger = padded(image);
  for (const auto& [dx, dy] : neighbourhood()) {
    Map<std::int8_t>& states = states_.emplace_back(width_, height_);
    for (int y = 0; y < height_; ++y) {
      const Bounds bounds(image.row(y), width_, dead_zone_);
      states_of_row(larger.row(y + radius + dy) + radius + dx, bounds, width_, states.row(y));
    }
  }
}

void Census::compare(const Map<std::int8_t>& other, Map<std::uint8_t>& cost) const {
  const Map<std::int8_t> larger = padded(other);
  const auto offsets = neighbourhood();
  for (int y = 0; y < height_; ++y) {
    const Bounds bounds(other.row(y), width_, dead_zone_);
    std::fill(cost.row(y), cost.row(y) + width_, std::uint8_t{0});
    for (std::size_t k = 0; k < offsets.size(); ++k) {
      const auto& [dx, dy] = offsets[k];
      add_differences(larger.row(y + radius + dy) + radius + dx, bounds.low.data(), bounds.high.data(),
                      states_[k].row(y), width_, cost.row(y));
    }
  }
}

}  // namespace vd
