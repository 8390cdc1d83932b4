// SPDX-License-Identifier: Apache-2.0
#include "bench/rates.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "bench/matrix_product.h"
#include "core/machine_rates.h"
#include "core/parallel.h"

namespace vd {

namespace {

/// Floats in [-0.5, 0.5) that are not all alike.
std::vector<float> some_floats(std::size_t count) {
  std::vector<float> values(count);
  unsigned state = 1;
  for (float& value : values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / 16777216.0F - 0.5F;
  }
  return values;
}

template <typename T>
std::shared_ptr<std::vector<T>> one_a_thread(const T& first) {
  return std::make_shared<std::vector<T>>(static_cast<std::size_t>(thread_count()), first);
}

RateCase matrix_product_case() {
  constexpr int n = 768;
  const auto a = std::make_shared<const std::vector<float>>(some_floats(n * n));
  const auto c = one_a_thread(std::vector<float>(n * n));
  return {WorkKind::matrix_product,
          static_cast<double>(n) * n * n,
          {},
          [a, c](std::size_t thread) { multiply_square(n, a->data(), a->data(), (*c)[thread].data()); },
          matrix_product_library()};
}

RateCase convolution_case(const ConvolutionMethod& method) {
  const ConvolutionShape shape;
  const auto pixels = static_cast<std::size_t>(shape.side) * shape.side;
  const auto image = std::make_shared<const std::vector<float>>(some_floats(shape.channels * pixels));
  const auto weights = std::make_shared<const std::vector<float>>(
      some_floats(static_cast<std::size_t>(9) * shape.channels * shape.channels));
  const auto result = one_a_thread(std::vector<float>(shape.channels * pixels));
  return {WorkKind::convolution,
          shape.multiply_adds(),
          {},
          [=](std::size_t thread) {
            method.compute(shape, image->data(), weights->data(), (*result)[thread].data());
          },
          method.name};
}

RateCase loop_case() {
  constexpr int rounds = 50'000;
  const auto sums = one_a_thread(0.0F);
  return {WorkKind::loop,
          multiply_add_width * static_cast<double>(rounds),
          {},
          [sums](std::size_t thread) { (*sums)[thread] += multiply_add_block(rounds); },
          ""};
}

RateCase copy_case() {
  constexpr std::size_t bytes = std::size_t{32} << 20;  // beyond what a core's own caches hold
  const auto source = std::make_shared<const std::vector<char>>(bytes, 1);
  const auto target = one_a_thread(std::vector<char>(bytes));
  return {WorkKind::copy,
          static_cast<double>(bytes),
          {},
          [source, target](std::size_t thread) {
            std::memcpy((*target)[thread].data(), source->data(), source->size());
          },
          ""};
}

}  // namespace

std::vector<RateCase> machine_cases() {
  std::vector<RateCase> cases = {matrix_product_case(), loop_case(), copy_case()};
  for (const ConvolutionMethod& method : convolution_methods()) cases.push_back(convolution_case(method));
  return cases;
}

MeasuredRate measure(const RateCase& rate_case, int repetitions, MachineProfile& profile) {
  const Timing timing = time_on_all_threads(rate_case.call, repetitions);
  const double beside_s = seconds_for(rate_case.beside, profile);
  // What is done beside is known within some per cent only, and must not eat up the whole.
  const auto rate = [&](double seconds) {
    return rate_case.amount / std::max(seconds - beside_s, 0.2 * seconds);
  };
  profile.set_rate(rate_case.kind, rate(timing.median_s));
  return {rate_case.kind, rate(timing.median_s), rate(timing.most_s), rate(timing.least_s),
          timing,         rate_case.how};
}

}  // namespace vd
