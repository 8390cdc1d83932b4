// SPDX-License-Identifier: Apache-2.0
#include "metrics/flow.h"

#include <cmath>
#include <limits>

#include "catch.h"

using namespace vd;

namespace {

/// A row of flows along x.
FlowMap row(const std::vector<float>& u) {
  FlowMap flow(static_cast<int>(u.size()), 1, 0.0F);
  for (std::size_t k = 0; k < u.size(); ++k) flow.values()[2 * k] = u[k];
  return flow;
}

}  // namespace

TEST_CASE("flow errors are counted by size and by length of the true flow", "[metrics]") {
  const FlowErrorSums sums = compare_flows(row({0.5F, 14, 104, 100}), row({0, 10, 100, 50}));
  CHECK(sums.pixels == 4);
  CHECK(sums.end_point_error_px() == Approx((0.5 + 4 + 4 + 50) / 4));
  CHECK(sums.fraction_below(0) == Approx(0.25));
  CHECK(sums.fraction_below(1) == Approx(0.25));
  CHECK(sums.fraction_below(2) == Approx(0.75));
  CHECK(sums.outlier_percent() == Approx(50));  // 4 px of 100 are below 5 %
  CHECK(sums.end_point_error_of_length_px(0) == Approx(0.5));
  CHECK(sums.end_point_error_of_length_px(1) == Approx(4));
  CHECK(sums.end_point_error_of_length_px(2) == Approx(27));
}

TEST_CASE("sums of frames pool their pixels", "[metrics][property]") {
  FlowErrorSums sums = compare_flows(row({1, 2}), row({0, 0}));
  sums += compare_flows(row({9}), row({0}));
  const FlowErrorSums at_once = compare_flows(row({1, 2, 9}), row({0, 0, 0}));
  CHECK(sums.end_point_error_px() == Approx(4));
  CHECK(sums.outlier_percent() == Approx(at_once.outlier_percent()));
  CHECK(sums.fraction_below(1) == Approx(at_once.fraction_below(1)));
}

TEST_CASE("only pixels of known truth are scored, and an unknown prediction as zero flow", "[metrics]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const FlowErrorSums sums = compare_flows(row({1, nan, 3}), row({nan, 6, 3}));
  CHECK(sums.pixels == 2);
  CHECK(sums.end_point_error_px() == Approx(3));
  const std::vector<std::uint8_t> valid = {1, 0, 1};
  CHECK(compare_flows(row({1, 1, 1}), row({0, 9, 0}), {valid.data(), 3, 1}).end_point_error_px() ==
        Approx(1));
  CHECK(std::isnan(compare_flows(row({1}), row({nan})).end_point_error_px()));
  CHECK_THROWS_AS(compare_flows(row({1}), row({1, 2})), Error);
}
