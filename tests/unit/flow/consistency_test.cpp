// SPDX-License-Identifier: Apache-2.0
#include "flow/consistency.h"

#include <limits>

#include "catch.h"

using namespace vd;

namespace {

FlowMap constant_flow(int width, int height, float u, float v) {
  FlowMap flow(width, height);
  for (std::size_t k = 0; k < flow.pixels(); ++k) {
    flow.values()[2 * k] = u;
    flow.values()[2 * k + 1] = v;
  }
  return flow;
}

bool consistent_inside(const FlowMap& there, const FlowMap& back, ConsistencyTest test,
                       double threshold_px = 3) {
  return consistent_pixels(there, back, {test, threshold_px, true})(2, 3) == 255;
}

}  // namespace

TEST_CASE("each test of consistency turns at its own error", "[flow]") {
  const FlowMap there = constant_flow(12, 9, 2, 0);
  const auto passes = [&](ConsistencyTest test, float error_x, float error_y) {
    return consistent_inside(there, constant_flow(12, 9, -2 + error_x, error_y), test);
  };
  CHECK(passes(ConsistencyTest::distance, 2.9F, 0.5F));
  CHECK_FALSE(passes(ConsistencyTest::distance, 2.9F, 1.0F));
  CHECK(passes(ConsistencyTest::geonet, 0, 2.9F));
  CHECK_FALSE(passes(ConsistencyTest::geonet, 0, 3.1F));
  // 0.01 (4 + 4.5) + 0.5 = 0.585 = 0.765^2
  CHECK(passes(ConsistencyTest::sundaram, 0, 0.75F));
  CHECK_FALSE(passes(ConsistencyTest::sundaram, 0, 0.78F));
  CHECK(passes(ConsistencyTest::component_sum, 9, -9.5F));
  CHECK_FALSE(passes(ConsistencyTest::component_sum, 2, 1.5F));
}

TEST_CASE("a long flow may be off by a twentieth for GeoNet", "[flow]") {
  const FlowMap there = constant_flow(120, 9, 100, 0);
  CHECK(consistent_inside(there, constant_flow(120, 9, -96, 0), ConsistencyTest::geonet));
  CHECK_FALSE(consistent_inside(there, constant_flow(120, 9, -94, 0), ConsistencyTest::geonet));
}

TEST_CASE("a pixel that leaves the image is inconsistent unless it is judged against no flow", "[flow]") {
  const FlowMap there = constant_flow(10, 5, 2, 0);
  const FlowMap back = constant_flow(10, 5, -2, 0);
  const auto at = [&](int x, bool inside_only, double threshold_px) {
    return consistent_pixels(there, back, {ConsistencyTest::distance, threshold_px, inside_only})(x, 2);
  };
  CHECK(at(7, true, 1) == 255);
  CHECK(at(8, true, 5) == 0);
  CHECK(at(8, false, 1) == 0);
  CHECK(at(8, false, 2.5) == 255);  // all of its flow of 2 px is error
  CHECK(round_trip_length(there, back)(7, 2) == Approx(0).margin(1e-6));
  CHECK(round_trip_length(there, back)(8, 2) == Approx(2));
  FlowMap unknown = there;
  unknown(3, 2, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK(consistent_pixels(unknown, back, {ConsistencyTest::distance, 100, false})(3, 2) == 0);
}
