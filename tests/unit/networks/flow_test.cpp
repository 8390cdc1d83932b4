// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"
#include "models/raft/module.h"
#include "models/raft/warm_start.h"
#include "models/sea_raft/module.h"
#include "models/sea_raft/uncertainty.h"
#include "nn/convex_upsample.h"

using namespace vd;
using namespace vd::nn;

namespace {

Tensor random_tensor(const Shape& shape, std::uint64_t seed, double scale) {
  Random random(seed);
  Tensor values = at::empty(shape, at::kFloat);
  for (std::int64_t k = 0; k < values.numel(); ++k)
    values.data_ptr<float>()[k] = static_cast<float>(random.uniform(-scale, scale));
  return values;
}

Tensor random_images(std::int64_t count, std::int64_t height, std::int64_t width, std::uint64_t seed) {
  return random_tensor({count, 3, height, width}, seed, 127.5) + 127.5;
}

double greatest_difference(const Tensor& a, const Tensor& b) {
  return (a - b).abs().max().to(at::kDouble).item<double>();
}

Raft tiny_raft() {
  RaftConfig config;
  config.encoder_widths = {8, 12, 16};
  config.feature_channels = 16;
  config.hidden_channels = config.context_channels = 8;
  config.motion_correlation = {12, 8};
  config.motion_flow = {8, 6};
  config.motion_channels = 6;
  config.flow_head_channels = config.mask_head_channels = 8;
  RandomParameters random(3);
  return Raft(Parameters(random), config);
}

SeaRaft tiny_sea_raft() {
  SeaRaftConfig config;
  config.blocks = {1, 1, 1};
  config.stem = 8;
  config.stage_widths = {8, 12, 16};
  config.width = 8;
  RandomParameters random(5);
  return SeaRaft(Parameters(random), config);
}

}  // namespace

TEST_CASE("correlations are the same from a table, on demand, and from LibTorch's sampler", "[networks]") {
  const std::uint64_t seed = GENERATE(1, 2, 3);
  const Tensor first = random_tensor({2, 19, 9, 13}, seed, 1);
  const Tensor second = random_tensor({2, 19, 9, 13}, seed + 10, 1);
  Tensor places = random_tensor({2, 2, 9, 13}, seed + 20, 12) + 6;
  places[0][0][0][0] = 5;  // on a pixel
  places[0][1][0][0] = 8;  // on the last row
  places[1][0][3][4] = 1e9;
  CorrelationOptions options{3, 2, std::int64_t{1} << 30};
  const Correlation kept(first, second, options);
  options.most_table_bytes = 0;
  const Correlation on_demand(first, second, options);
  CHECK(kept.keeps_table());
  CHECK_FALSE(on_demand.keeps_table());
  const Tensor values = kept(places);
  CHECK((values.sizes() == Shape{2, 3 * 25, 9, 13}));
  CHECK(greatest_difference(values, on_demand(places)) < 1e-5);
  const Correlation sampled(first.to(at::kDouble), second.to(at::kDouble), options);
  CHECK(greatest_difference(values, sampled(places.to(at::kDouble))) < 1e-5);
  // The value in the middle of the finest window, straight from its definition.
  const double direct =
      (first[0].select(1, 0).select(1, 0) * second[0].select(1, 8).select(1, 5)).sum().item<float>() /
      std::sqrt(19.0);
  CHECK(values[0][12][0][0].item<float>() == Approx(direct).epsilon(1e-4));
}

TEST_CASE("a correlation has nothing to say about places that are nowhere", "[networks]") {
  const Tensor features = random_tensor({1, 4, 8, 8}, 1, 1);
  Tensor places = at::full({1, 2, 8, 8}, std::numeric_limits<float>::quiet_NaN());
  CHECK(Correlation(features, features, {4, 3})(places).abs().max().item<float>() == 0);
  CHECK_THROWS_AS(Correlation(features, features, {5, 3}), Error);
  CHECK_THROWS_AS(Correlation(features, features, {4, 8}), Error);
}

TEST_CASE("convex upsampling of a constant is constant but for the border's zeros", "[networks][property]") {
  const Tensor fine = convex_upsample(at::full({1, 2, 5, 6}, 3.0F), random_tensor({1, 576, 5, 6}, 1, 2), 8);
  CHECK((fine.sizes() == Shape{1, 2, 40, 48}));
  const Tensor inner = fine.slice(2, 8, 32).slice(3, 8, 40);
  CHECK(greatest_difference(inner, at::full_like(inner, 3)) < 1e-5);
  CHECK(fine.max().item<float>() < 3.001F);
  CHECK(fine[0][0][0][0].item<float>() < 2.9F);
}

TEST_CASE("RAFT takes images of any size, alone or as a batch", "[networks][property]") {
  const Raft network = tiny_raft();
  RaftPairOptions options;
  options.run.iterations = 3;
  options.padding = GENERATE(PaddingPlace::centred, PaddingPlace::bottom);
  for (const Shape& size : {Shape{37, 50}, Shape{133, 141}}) {
    const Tensor from = random_images(2, size[0], size[1], 7);
    const Tensor to = random_images(2, size[0], size[1], 8);
    const Tensor both = estimate_flow(network, from, to, options).flow;
    CHECK((both.sizes() == Shape{2, 2, size[0], size[1]}));
    CHECK(at::isfinite(both).all().item<bool>());
    const Tensor second = estimate_flow(network, from.narrow(0, 1, 1), to.narrow(0, 1, 1), options).flow;
    CHECK(greatest_difference(both.narrow(0, 1, 1), second) < 1e-3);
  }
  CHECK_THROWS_AS(estimate_flow(network, random_images(1, 40, 40, 1), random_images(1, 40, 48, 1), options),
                  Error);
}

TEST_CASE("RAFT from its own result is RAFT run longer, but for its memory", "[networks]") {
  const Raft network = tiny_raft();
  const Tensor from = random_images(1, 128, 136, 1), to = random_images(1, 128, 136, 2);
  RaftPairOptions options;
  options.run.iterations = 0;
  options.run.initial_flow = random_tensor({1, 2, 16, 17}, 4, 3);
  const RaftFlow still = estimate_flow(network, from, to, options);
  CHECK(greatest_difference(still.coarse, options.run.initial_flow) == 0);
  options.run.iterations = 2;
  options.run.most_table_bytes = 0;
  const RaftFlow on_demand = estimate_flow(network, from, to, options);
  options.run.most_table_bytes = std::int64_t{1} << 30;
  CHECK(greatest_difference(estimate_flow(network, from, to, options).flow, on_demand.flow) < 1e-3);
}

TEST_CASE("a flow carried on is that of the pixel which lands nearest", "[networks][property]") {
  const std::uint64_t seed = GENERATE(1, 2, 3, 4);
  const std::int64_t height = 9, width = 14, area = height * width;
  const Tensor flow = random_tensor({2, height, width}, seed, seed == 4 ? 40 : 4);
  const Tensor carried = forward_interpolate(flow);
  const float* in = flow.data_ptr<float>();
  for (std::int64_t pixel = 0; pixel < area; ++pixel) {
    double least = std::numeric_limits<double>::infinity();
    std::int64_t nearest = 0;
    for (std::int64_t other = 0; other < area; ++other) {
      const double x = static_cast<double>(other % width) + in[other];
      const double y = static_cast<double>(other / width) + in[area + other];
      if (!(x > 0 && y > 0 && x < width && y < height)) continue;
      const double distance =
          std::hypot(x - static_cast<double>(pixel % width), y - static_cast<double>(pixel / width));
      if (distance < least) least = distance, nearest = other;
    }
    CHECK(carried.data_ptr<float>()[pixel] == in[nearest]);
    CHECK(carried.data_ptr<float>()[area + pixel] == in[area + nearest]);
  }
  CHECK(forward_interpolate(at::full({2, 4, 5}, 100.0F)).abs().max().item<float>() == 0);
}

TEST_CASE("SEA-RAFT at half size gives flow of the size and in the pixels of the images", "[networks]") {
  const SeaRaft network = tiny_sea_raft();
  const Tensor from = random_images(1, 261, 300, 1), to = random_images(1, 261, 300, 2);
  const SeaRaftFlow half = estimate_flow_at_scale(network, from, to, {2}, -1);
  CHECK((half.flow.sizes() == Shape{1, 2, 261, 300}));
  CHECK((half.info.sizes() == Shape{1, 4, 261, 300}));
  const Tensor small = at::avg_pool2d(from.narrow(2, 0, 260), Shape{2, 2});
  const Tensor small_to = at::avg_pool2d(to.narrow(2, 0, 260), Shape{2, 2});
  const SeaRaftFlow seen = estimate_flow(network, small, small_to, {2});
  CHECK(half.flow.mean().item<float>() == Approx(2 * seen.flow.mean().item<float>()).epsilon(0.02));
  CHECK(half.info.mean().item<float>() == Approx(seen.info.mean().item<float>()).epsilon(0.02));
}

TEST_CASE("the error of SEA-RAFT is a mean of its parts", "[networks]") {
  Tensor info = at::zeros({1, 4, 1, 2});
  info[0][2][0][0] = 2;   // wide part of scale e^2
  info[0][2][0][1] = -3;  // clamped to scale 1
  info[0][3][0][0] = 4;   // the narrow part is never wider than one pixel
  const SeaRaftConfig config;
  CHECK(mean_log_scale(info, config)[0][0][0][0].item<float>() == Approx(1));
  CHECK(expected_error_px(info, config)[0][0][0][0].item<float>() == Approx((std::exp(2.0) + 1) / 2));
  CHECK(expected_error_px(info, config)[0][0][0][1].item<float>() == Approx(1));
  // A Laplace density of scale 1 at distance 1.5 is exp(-1.5) / 2.
  const Tensor flow = at::zeros({1, 2, 1, 2});
  const Tensor loss = negative_log_likelihood(flow, info, flow + 1.5, config);
  CHECK(loss[0][1][0][1].item<float>() == Approx(1.5 + std::log(2.0)));
}
