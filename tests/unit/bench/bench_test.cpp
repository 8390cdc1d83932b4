// SPDX-License-Identifier: Apache-2.0
#include "bench/bench.h"

#include "bench/limit.h"
#include "bench/matrix_product.h"
#include "catch.h"
#include "core/machine_rates.h"
#include "core/parallel.h"
#include "core/random.h"

using vd::WorkKind;

namespace {

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
  vd::Random random(seed);
  std::vector<float> values;
  for (std::size_t k = 0; k < count; ++k)
    values.push_back(static_cast<float>(random.below(2001)) / 1000.0F - 1.0F);
  return values;
}

}  // namespace

TEST_CASE("the median of times is that of the middle, or between the middle two", "[bench]") {
  const vd::Timing odd = vd::timing_of({5, 1, 9});
  CHECK(odd.median_s == 5);
  CHECK(odd.least_s == 1);
  CHECK(odd.most_s == 9);
  CHECK(odd.repetitions == 3);
  CHECK(vd::timing_of({4, 1, 100, 2}).median_s == 3);
}

TEST_CASE("a matrix product is one", "[bench]") {
  constexpr int n = 37;
  const auto a = random_floats(n * n, 1);
  const auto b = random_floats(n * n, 2);
  std::vector<float> c(n * n);
  vd::multiply_square(n, a.data(), b.data(), c.data());
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int k = 0; k < n; ++k) sum += static_cast<double>(a[i * n + k]) * b[k * n + j];
      REQUIRE(std::abs(c[i * n + j] - sum) < 1e-4);
    }
  }
}

TEST_CASE("every convolution gives what its definition does", "[bench]") {
  const vd::ConvolutionShape shape{3, 7};
  const auto image = random_floats(3 * 49, 3);
  const auto weights = random_floats(9 * 9, 4);
  for (const auto& method : vd::convolution_methods()) {
    INFO(method.name);
    std::vector<float> result(3 * 49);
    method.compute(shape, image.data(), weights.data(), result.data());
    for (int out = 0; out < 3; ++out) {
      for (int y = 0; y < 7; ++y) {
        for (int x = 0; x < 7; ++x) {
          double sum = 0;
          for (int in = 0; in < 3; ++in)
            for (int dy = -1; dy <= 1; ++dy)
              for (int dx = -1; dx <= 1; ++dx)
                if (y + dy >= 0 && y + dy < 7 && x + dx >= 0 && x + dx < 7)
                  sum += static_cast<double>(image[in * 49 + (y + dy) * 7 + x + dx]) *
                         weights[(out * 3 + in) * 9 + (dy + 1) * 3 + dx + 1];
          REQUIRE(std::abs(result[out * 49 + y * 7 + x] - sum) < 1e-4);
        }
      }
    }
  }
  CHECK(shape.multiply_adds() == 9 * 3 * 3 * 49);
}

TEST_CASE("the limit is what takes longer, and is reached when nothing else takes time", "[bench]") {
  vd::MachineProfile profile = vd::built_in_profile();
  profile.set_rate(WorkKind::matrix_product, 50e9);  // 100 GFLOP/s
  profile.set_rate(WorkKind::copy, 5e9);             // 10 GB/s moved
  const auto flops = vd::share_of_limit(100e9, 1e9, 2.0, 1, profile);
  CHECK(flops.limit == "FLOP");
  CHECK(flops.share == Approx(0.5));
  const auto bytes = vd::share_of_limit(1e9, 20e9, 4.0, 1, profile);
  CHECK(bytes.limit == "bytes");
  CHECK(bytes.share == Approx(0.5));
  CHECK(vd::share_of_limit(1e9, 20e9, 4.0, 2, profile).share == Approx(0.25));
  CHECK(vd::share_of_limit(0, 0, 4.0, 2, profile).limit == "-");
}

TEST_CASE("what a call does beside is taken off its time", "[bench]") {
  vd::MachineProfile profile = vd::built_in_profile();
  profile.set_rate(WorkKind::file, 100);  // 10 ms
  const auto wait = [](std::size_t) {
    for (const double begin_s = vd::thread_cpu_seconds(); vd::thread_cpu_seconds() < begin_s + 0.02;)
      continue;
  };
  const auto whole = vd::measure({WorkKind::draw, 20, {}, wait, ""}, 3, profile);
  CHECK(whole.per_second <= 1000);
  CHECK(whole.per_second > 500);
  CHECK(profile.rate(WorkKind::draw) == whole.per_second);
  const auto half = vd::measure({WorkKind::render, 20, {WorkKind::file, 1}, wait, ""}, 3, profile);
  CHECK(half.per_second > 1.2 * whole.per_second);
  CHECK(half.least <= half.per_second);
  CHECK(half.per_second <= half.most);
  CHECK(half.timing.repetitions == 3);
}

TEST_CASE("every thread is at work while rates are measured", "[bench]") {
  vd::set_thread_count(3);
  std::vector<int> calls(3, 0);
  const auto timing = vd::time_on_all_threads([&](std::size_t thread) { ++calls[thread]; }, 2, 0);
  vd::set_thread_count(0);
  CHECK(timing.repetitions == 2);
  for (const int count : calls) CHECK(count >= 4);  // the first, the one that is measured once, and two
}
