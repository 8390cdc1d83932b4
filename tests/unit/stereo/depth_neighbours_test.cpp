// SPDX-License-Identifier: Apache-2.0
#include "stereo/neighbours.h"

#include "catch.h"
#include "depth_world.h"

using namespace vd;
using depth_test::sideways;

TEST_CASE("parallax of a sideways step is focal length times baseline over depth", "[stereo][depth]") {
  const std::vector<Camera> cameras = sideways(2, 0.1);
  const double depth = 3;
  CHECK(median_parallax_px(cameras[0], cameras[1], {depth / 2, depth * 2}) ==
        Approx(150 * 0.1 * std::sqrt(1 + 0.02 * 0.02) / depth).epsilon(1e-4));
  CHECK(median_parallax_px(cameras[0], cameras[0], {1, 4}) == 0);
  CHECK(median_parallax_px(cameras[0], cameras[1], {}) == 0);
}

TEST_CASE("neighbours double their distance, and step in for those beyond the clip", "[stereo][depth]") {
  const std::vector<Camera> cameras = sideways(40, 0.1);
  const DepthRange range{2, 8};
  CHECK(choose_neighbours(cameras, 20, range, {}) == std::vector<int>{19, 21, 18, 22, 16, 24, 12, 28});
  CHECK(choose_neighbours(cameras, 0, range, {}) == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(choose_neighbours({cameras.data(), 2}, 1, range, {}) == std::vector<int>{0});
  CHECK(choose_neighbours({cameras.data(), 1}, 0, range, {}).empty());
}

TEST_CASE("slow cameras are compared over longer times, resting ones not at all", "[stereo][depth]") {
  const DepthRange range{2, 8};
  const std::vector<Camera> slow = sideways(80, 0.012);  // 0.45 px a frame
  const std::vector<int> neighbours = choose_neighbours(slow, 40, range, {});
  REQUIRE(neighbours.size() >= 6);
  CHECK(std::abs(neighbours.back() - 40) == 24);
  for (const int j : neighbours) CHECK(median_parallax_px(slow[40], slow[j], range) >= 1);
  CHECK(choose_neighbours(sideways(80, 0), 40, range, {}).empty());
}

TEST_CASE("the range covers all but the outliers of sparse depths", "[stereo][depth]") {
  std::vector<double> depths;
  for (int k = 0; k <= 1000; ++k) depths.push_back(2.0 + 0.01 * k);
  depths.push_back(1e6);
  depths.push_back(-3);
  depths.push_back(0);
  const DepthRange range = depth_range(depths);
  CHECK(range.near == Approx(0.7 * 2.05).epsilon(0.01));
  CHECK(range.far == Approx(1.25 * 11.95).epsilon(0.01));
  CHECK_FALSE(depth_range({}).valid());
  CHECK_FALSE(depth_range(std::vector<double>{-1, 0}).valid());
  CHECK(depth_range(std::vector<double>{5}).valid());
}
