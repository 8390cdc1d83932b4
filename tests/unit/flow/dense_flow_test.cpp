// SPDX-License-Identifier: Apache-2.0
#include "flow/dense_flow.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "catch.h"
#include "core/error.h"
#include "flow/consistency.h"
#include "textured_plane.h"

namespace {

using namespace vd;

double median_error_px(const FlowMap& flow, double u, double v) {
  std::vector<double> errors;
  for (int y = 20; y < flow.height() - 20; ++y)
    for (int x = 20; x < flow.width() - 20; ++x)
      errors.push_back(std::hypot(flow(x, y, 0) - u, flow(x, y, 1) - v));
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2),
                   errors.end());
  return errors[errors.size() / 2];
}

}  // namespace

TEST_CASE("every method finds a shift with every preset", "[flow]") {
  const GreyImage from = test::textured_plane(160, 120, 0, 0);
  const GreyImage to = test::textured_plane(160, 120, 3.4, -1.7);
  for (const FlowMethod& method : flow_methods()) {
    for (const FlowPreset preset :
         {FlowPreset::ultrafast, FlowPreset::fast, FlowPreset::medium, FlowPreset::best}) {
      const FlowMap flow = dense_flow(from, to, {method.name, preset});
      INFO(method.name << " preset " << static_cast<int>(preset));
      CHECK(flow.same_size(from));
      CHECK(median_error_px(flow, 3.4, -1.7) < 0.35);
    }
  }
}

TEST_CASE("flow of an image to itself is zero", "[flow][property]") {
  const GreyImage image = test::textured_plane(96, 80, 0.5, 0.25);
  CHECK(median_error_px(dense_flow(image, image, {}), 0, 0) < 1e-3);
}

TEST_CASE("flow takes images of any size and refuses unequal ones", "[flow]") {
  for (const int side : {1, 7, 15, 16, 33}) {
    const GreyImage image(side, side + 1, 90);
    for (const FlowMethod& method : flow_methods()) {
      const FlowMap flow = dense_flow(image, image, {method.name, FlowPreset::medium});
      CHECK(flow.width() == side);
      CHECK(flow.height() == side + 1);
    }
  }
  CHECK_THROWS_AS(dense_flow(GreyImage(20, 20), GreyImage(20, 21), {}), Error);
  CHECK_THROWS_AS(dense_flow(GreyImage(), GreyImage(), {}), Error);
  CHECK_THROWS_AS(dense_flow(GreyImage(20, 20), GreyImage(20, 20), {"nothing", FlowPreset::fast}),
                  MisuseError);
}

TEST_CASE("round trip error is the length of there and back", "[flow]") {
  FlowMap there(8, 6, 0.0F);
  FlowMap back(8, 6, 0.0F);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) {
      there(x, y, 0) = 2.0F;
      back(x, y, 0) = -2.0F;
      back(x, y, 1) = 0.75F;
    }
  }
  const Map<float> error = forward_backward_error(there, back);
  CHECK(error(0, 0) == Approx(0.75));
  CHECK(error(5, 3) == Approx(0.75));
  CHECK(std::isnan(error(6, 3)));  // 6 + 2 is outside
  const ConfidenceMap confidence = flow_confidence(there, back);
  CHECK(confidence(5, 3) == Approx(std::exp(-0.5625 / (0.01 * (4 + 4.5625) + 0.5))));
  CHECK(confidence(6, 3) == 0.0F);
  there(1, 1, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(forward_backward_error(there, back)(1, 1)));
  CHECK(flow_confidence(there, back)(1, 1) == 0.0F);
}
