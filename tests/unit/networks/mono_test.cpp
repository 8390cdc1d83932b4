// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"
#include "models/depth_anything_v2/module.h"
#include "models/depth_anything_v2/pre.h"
#include "models/depth_pro/module.h"
#include "models/depth_pro/pre.h"
#include "models/midas/module.h"

using namespace vd;
using namespace vd::nn;

namespace {

RgbImage random_image(int width, int height, std::uint64_t seed) {
  Random random(seed);
  RgbImage image(width, height);
  for (std::uint8_t& value : image.values()) value = static_cast<std::uint8_t>(random.below(256));
  return image;
}

DepthAnythingV2Config small_depth_anything() {
  DepthAnythingV2Config config;
  config.encoder.block = {24, 2, 4, 1e-6, true, false};
  config.encoder.depth = 4;
  config.encoder.grid = 5;
  config.layers = {0, 1, 2, 3};
  config.channels = {8, 12, 16, 20};
  config.features = 8;
  return config;
}

double greatest_difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

TEST_CASE("a network's image is a multiple of its patches and covers its target", "[networks][property]") {
  Random random(GENERATE(range(0, 20)));
  const Size image{static_cast<int>(40 + random.below(3000)), static_cast<int>(40 + random.below(3000))};
  const Size lower = network_size({SizeMethod::lower_bound, 518, 14, 14}, image);
  CHECK(lower.width % 14 == 0);
  CHECK(lower.height % 14 == 0);
  CHECK(std::min(lower.width, lower.height) == 518);
  const Size upper = network_size({SizeMethod::upper_bound, 384, 32, 32}, image);
  CHECK(upper.width % 32 == 0);
  CHECK(std::max(upper.width, upper.height) == 384);
  const Size turned = network_size({SizeMethod::minimal, 384, 32, 32}, {image.height, image.width});
  const Size minimal = network_size({SizeMethod::minimal, 384, 32, 32}, image);
  // Where both scales change the image as much, the published rule prefers the height: no symmetry there.
  const double by_width = std::abs(1 - 384.0 / image.width), by_height = std::abs(1 - 384.0 / image.height);
  if (by_width != by_height) CHECK((turned.width == minimal.height && turned.height == minimal.width));
}

TEST_CASE("an image of the network's size is only normalised", "[networks]") {
  const RgbImage image = random_image(28, 14, 3);
  const Tensor input = network_input(image, {28, 14}, {{0.1, 0.2, 0.3}, {0.5, 0.25, 2.0}});
  REQUIRE(to_text(input.sizes()) == "[1, 3, 14, 28]");
  for (const auto& [x, y] : {std::pair{0, 0}, std::pair{27, 13}, std::pair{5, 9}}) {
    CHECK(input[0][0][y][x].item<double>() == Approx((image(x, y, 0) / 255.0 - 0.1) / 0.5).margin(1e-6));
    CHECK(input[0][1][y][x].item<double>() == Approx((image(x, y, 1) / 255.0 - 0.2) / 0.25).margin(1e-6));
    CHECK(input[0][2][y][x].item<double>() == Approx((image(x, y, 2) / 255.0 - 0.3) / 2.0).margin(1e-6));
  }
}

TEST_CASE("images of a batch do not know of each other", "[networks][property]") {
  RandomParameters random(7);
  const DepthAnythingV2 network(Parameters(random), small_depth_anything());
  const Tensor a = depth_anything_v2_input(random_image(60, 40, 1), 56);
  const Tensor b = depth_anything_v2_input(random_image(60, 40, 2), 56);
  const Tensor both = network(at::cat({a, b}, 0));
  CHECK(greatest_difference(both.narrow(0, 0, 1), network(a)) < 1e-5);
  CHECK(greatest_difference(both.narrow(0, 1, 1), network(b)) < 1e-5);
  CHECK(greatest_difference(network(a), network(b)) > 1e-3);
}

TEST_CASE("a metric network stays within its range, a relative one above zero", "[networks]") {
  DepthAnythingV2Config config = small_depth_anything();
  const Tensor input = depth_anything_v2_input(random_image(50, 70, 5), 56);
  RandomParameters random(8);
  CHECK(DepthAnythingV2(Parameters(random), config)(input).min().item<double>() >= 0);
  config.max_depth_m = 80;
  const Tensor metres = DepthAnythingV2(Parameters(random), config)(input);
  config.max_depth_m = 20;
  const Tensor quarter = DepthAnythingV2(Parameters(random), config)(input);
  CHECK(metres.min().item<double>() > 0);
  CHECK(metres.max().item<double>() < 80);
  CHECK(greatest_difference(metres, 4 * quarter) < 1e-4);
}

TEST_CASE("Depth Pro's depth grows with the focal length and is clamped", "[networks][property]") {
  const Tensor canonical = at::linspace(0.1, 5.0, 64, at::kFloat).reshape({1, 1, 8, 8});
  const Size size{31, 17};
  const MetricDepth predicted = depth_pro_output(canonical, 90, size);
  CHECK(predicted.focal_px == Approx(15.5));
  const MetricDepth given = depth_pro_output(canonical, 90, size, 31.0);
  for (std::size_t k = 0; k < given.depth_m.pixels(); ++k)
    CHECK(given.depth_m.values()[k] == Approx(2 * predicted.depth_m.values()[k]).epsilon(1e-5));
  const MetricDepth far = depth_pro_output(at::zeros({1, 1, 8, 8}), 90, size);
  CHECK(far.depth_m(0, 0) == Approx(1e4));
  CHECK_THROWS_AS(depth_pro_output(canonical, 0, size), Error);
  CHECK_THROWS_AS(depth_pro_output(canonical, 90, size, -3.0), Error);
}

TEST_CASE("networks refuse images that are no multiple of their patches", "[networks]") {
  RandomParameters random(9);
  const DepthAnythingV2 network(Parameters(random), small_depth_anything());
  CHECK_THROWS_AS(network(at::zeros({1, 3, 56, 57})), Error);
  CHECK_THROWS_AS(network(at::zeros({1, 1, 56, 56})), Error);
  const MidasV21Small midas(Parameters(random),
                            {8, {{{1, 8}, {1, 8}, {1, 8}, {1, 8}, {1, 8}, {1, 8}, {1, 8}}}, 4, 8});
  CHECK(to_text(midas(at::zeros({2, 3, 64, 32})).sizes()) == "[2, 64, 32]");
  CHECK_THROWS_AS(midas(at::zeros({1, 3, 48, 64})), Error);
}
