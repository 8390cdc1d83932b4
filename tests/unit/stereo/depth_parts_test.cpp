// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "depth_world.h"
#include "image/sample.h"
#include "stereo/census.h"
#include "stereo/epipolar.h"

using namespace vd;
using namespace vd::depth_test;

namespace {

Map<float> true_inverse(const Plane& plane, const Camera& camera, double factor = 1) {
  Map<float> inverse(camera.intrinsics.width, camera.intrinsics.height);
  for (int y = 0; y < inverse.height(); ++y)
    for (int x = 0; x < inverse.width(); ++x)
      inverse(x, y) = static_cast<float>(factor / plane.depth_at(camera, x, y));
  return inverse;
}

/// Mean squared residual over a window, by the shared sampler: an independent path to what the terms are sums
/// of.
double residual_variance(const MatchImage& a, const MatchImage& b, const Map<float>& inverse, int cx, int cy,
                         int radius, double log_change) {
  const EpipolarMap map = epipolar_map(a.camera, b.camera);
  double sum = 0, squares = 0, n = 0;
  for (int y = cy - radius; y <= cy + radius; ++y) {
    for (int x = cx - radius; x <= cx + radius; ++x) {
      const float w = inverse(x, y) * static_cast<float>(std::exp(log_change));
      const Projection at = project(map, static_cast<float>(x), static_cast<float>(y), w);
      const auto sample = sample_bilinear(b.samples, at.x, at.y);
      REQUIRE(sample);
      const double e = a.samples(x, y) - (*sample)[0];
      sum += e;
      squares += e * e;
      n += 1;
    }
  }
  return squares / n - (sum / n) * (sum / n);
}

}  // namespace

TEST_CASE("a parallax is the derivative of the projection by log inverse depth", "[stereo][depth]") {
  const Camera a{centred_intrinsics(200, 160, 120), {}};
  const Camera b{centred_intrinsics(210, 150, 130),
                 {rotation_exp(Vec3(0.02, -0.05, 0.1)), Vec3(0.3, -0.1, 0.4)}};
  const EpipolarMap map = epipolar_map(a, b);
  const float w = 0.3F, h = 1e-2F;
  const Projection at = project(map, 40, 70, w);
  const Projection more = project(map, 40, 70, w * std::exp(h));
  const Projection less = project(map, 40, 70, w * std::exp(-h));
  const Eigen::Vector2f slope = parallax(map, at, w);
  CHECK(slope.x() == Approx((more.x - less.x) / (2 * h)).epsilon(2e-3));
  CHECK(slope.y() == Approx((more.y - less.y) / (2 * h)).epsilon(2e-3));
}

TEST_CASE("the slope of a Lucas-Kanade term is half the derivative of the residual variance",
          "[stereo][depth]") {
  Plane plane = slanted();
  plane.grain = 0.2;
  const std::vector<Camera> cameras = sideways(2, 0.1);
  const MatchImage a = prepare_for_matching(photograph(plane, cameras[0]));
  const MatchImage b = prepare_for_matching(photograph(plane, cameras[1]));
  const Map<float> inverse = true_inverse(plane, cameras[0], 1.1);
  const int window = 15;
  const auto terms = lucas_kanade_terms(a, b, inverse, window, 2.5);
  const double h = 0.02;
  std::vector<double> ratios;
  for (int y = 20; y < 100; y += 10) {
    for (int x = 40; x < 140; x += 10) {
      const LucasKanadeTerm& term = terms[static_cast<std::size_t>(y) * 160 + x];
      const double difference = (residual_variance(a, b, inverse, x, y, window / 2, h) -
                                 residual_variance(a, b, inverse, x, y, window / 2, -h)) /
                                (2 * h);
      if (std::abs(difference) > 50) ratios.push_back(-2 * term.slope / difference);
      CHECK(term.count == window * window);
    }
  }
  REQUIRE(ratios.size() > 30);
  std::sort(ratios.begin(), ratios.end());
  CHECK(ratios[ratios.size() / 2] == Approx(1).epsilon(0.05));
  CHECK(ratios[ratios.size() / 10] > 0.8);
  CHECK(ratios[ratios.size() * 9 / 10] < 1.2);
}

TEST_CASE("refinement pulls a seed that is 5 per cent off onto the plane", "[stereo][depth]") {
  const Plane plane = slanted();
  const std::vector<Camera> cameras = sideways(3, 0.08);
  std::vector<MatchImage> matches;
  for (const Camera& camera : cameras) matches.push_back(prepare_for_matching(photograph(plane, camera)));
  const std::vector<const MatchImage*> others{&matches[0], &matches[2]};
  const RawDepth depth =
      joint_lucas_kanade(matches[1], others, true_inverse(plane, cameras[1], 1.05), {2, 9});
  std::vector<double> errors;
  for (int y = 10; y < 110; ++y)
    for (int x = 15; x < 145; ++x)
      errors.push_back(std::abs(depth.inverse(x, y) * plane.depth_at(cameras[1], x, y) - 1));
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2),
                   errors.end());
  CHECK(errors[errors.size() / 2] < 0.008);
  CHECK(depth.strength(80, 60) > 20);
  CHECK(depth.parallax(80, 60) == Approx(150 * 0.08 / plane.depth_at(cameras[1], 80, 60)).epsilon(0.02));
}

TEST_CASE("a sweep alone finds planes to a per cent", "[stereo][depth]") {
  const Plane plane = GENERATE(Plane{}, slanted());
  const std::vector<Camera> cameras = sideways(5, 0.1);
  std::vector<MatchImage> matches;
  for (const Camera& camera : cameras) matches.push_back(prepare_for_matching(photograph(plane, camera)));
  const std::vector<const MatchImage*> others{&matches[0], &matches[1], &matches[3], &matches[4]};
  const Map<float> inverse = plane_sweep(matches[2], others, {2, 9});
  std::vector<double> errors;
  for (int y = 10; y < 110; ++y)
    for (int x = 10; x < 150; ++x)
      errors.push_back(std::abs(inverse(x, y) * plane.depth_at(cameras[2], x, y) - 1));
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2),
                   errors.end());
  CHECK(errors[errors.size() / 2] < 0.015);
  CHECK_THROWS_AS(plane_sweep(matches[2], {}, {2, 9}), vd::Error);
  CHECK_THROWS_AS(plane_sweep(matches[2], others, {}), vd::Error);
}

TEST_CASE("census counts states, not grey levels", "[stereo][depth]") {
  Map<std::int8_t> image(23, 11);
  for (std::size_t i = 0; i < image.pixels(); ++i)
    image.values()[i] = static_cast<std::int8_t>((i * 37) % 101 - 50);
  Map<std::int8_t> brighter = image;
  for (auto& v : brighter.values()) v = static_cast<std::int8_t>(v + 20);
  Map<std::int8_t> flipped = image;
  for (auto& v : flipped.values()) v = static_cast<std::int8_t>(-v);
  Map<std::uint8_t> cost(23, 11);
  const Census census(image, 2);
  census.compare(brighter, cost);
  CHECK(*std::max_element(cost.values().begin(), cost.values().end()) == 0);
  census.compare(flipped, cost);
  CHECK(cost(11, 5) > 40);
  CHECK(*std::max_element(cost.values().begin(), cost.values().end()) <= Census::max_cost);
}

TEST_CASE("semi-global matching bridges what the pixel alone leaves open", "[stereo][depth]") {
  const int planes = 20;
  CostVolume cost{30, 20, planes, std::vector<std::uint8_t>(30 * 20 * planes, 50)};
  const auto lower = [&](int x, int y, int plane, std::uint8_t value) { cost.at(x, y)[plane] = value; };
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x) {
      if (x == 12 && y == 10) continue;  // no evidence here
      lower(x, y, 7, 5);
      lower(x, y, 6, 20);
      lower(x, y, 8, 30);
    }
  lower(20, 5, 15, 0);  // an outlier
  const Map<float> plane = semi_global_planes(cost, Map<std::int8_t>(30, 20));
  CHECK(plane(12, 10) == Approx(7).margin(0.3));
  CHECK(plane(20, 5) == Approx(7).margin(0.5));
  CHECK(plane(3, 3) < 7.0F);  // the cheaper side of the parabola
  CHECK(plane(3, 3) > 6.5F);
}

TEST_CASE("the check rejects what only one frame believes", "[stereo][depth]") {
  const Plane plane = slanted();
  const std::vector<Camera> cameras = sideways(4, 0.1);
  std::vector<RawDepth> raw;
  for (const Camera& camera : cameras)
    raw.push_back({true_inverse(plane, camera), Map<float>(160, 120, 100.0F), Map<float>(160, 120, 8.0F)});
  raw[1].inverse(70, 50) *= 1.3F;   // planted
  raw[1].inverse(90, 50) *= 1.01F;  // within noise: kept, and pulled towards the others
  raw[1].strength(50, 80) = 3;      // too weak to count
  const std::vector<DepthView> others{{cameras[0], &raw[0]}, {cameras[2], &raw[2]}, {cameras[3], &raw[3]}};
  const CheckedDepth checked = geometric_check({cameras[1], &raw[1]}, others);
  CHECK(checked.confidence(70, 50) == 0);
  CHECK(checked.confidence(50, 80) == 0);
  CHECK(checked.support(50, 80) == 1);
  CHECK(checked.support(70, 50) < 1);
  REQUIRE(checked.confidence(90, 50) > 0);
  CHECK(checked.confidence(90, 50) < checked.confidence(120, 90));
  CHECK(checked.inverse(90, 50) * plane.depth_at(cameras[1], 90, 50) == Approx(1.004).margin(0.002));
  CHECK(checked.inverse(120, 90) * plane.depth_at(cameras[1], 120, 90) == Approx(1).epsilon(1e-4));
  CHECK(geometric_check({cameras[1], &raw[1]}, {}).confidence(120, 90) == 0);
}

TEST_CASE("completion keeps what was observed and fills the rest along the image", "[stereo][depth]") {
  const Camera camera{centred_intrinsics(100, 80, 60), {}};
  GreyImage grey(80, 60, 40);
  for (int y = 0; y < 60; ++y)
    for (int x = 40; x < 80; ++x) grey(x, y) = 200;
  CheckedDepth checked{Map<float>(80, 60, 0.05F), Map<float>(80, 60), Map<float>(80, 60, 0.1F)};
  const auto observe = [&](int x0, int x1, float inverse) {
    for (int y = 0; y < 60; ++y)
      for (int x = x0; x < x1; ++x) {
        checked.inverse(x, y) = inverse;
        checked.confidence(x, y) = 100;
      }
  };
  observe(0, 20, 0.5F);
  observe(60, 80, 0.25F);
  const PosedImage image = posed_image(grey, camera);
  const FrameDepth filled = complete(image, checked);
  CHECK(filled.depth(5, 30) == Approx(2).epsilon(1e-6));
  CHECK(filled.confidence(5, 30) == 100);
  CHECK(filled.confidence(30, 30) == 0);
  CHECK(filled.depth(36, 30) == Approx(2).epsilon(0.1));  // left of the edge like the left side,
  CHECK(filled.depth(44, 30) == Approx(4).epsilon(0.1));  // right of it like the right
  Map<float> prior(80, 60);
  for (int y = 0; y < 60; ++y) prior(30, y) = 0.4F;
  CompletionHints hints;
  hints.prior_inverse = prior.view();
  CompletionOptions trusting;
  trusting.prior_weight = 1000;
  CHECK(complete(image, checked, hints, trusting).depth(30, 30) == Approx(2.5).epsilon(0.05));
  const MaskMap wrong_size(10, 10);
  hints.moving = wrong_size.view();
  CHECK_THROWS_AS(complete(image, checked, hints), vd::Error);
}
