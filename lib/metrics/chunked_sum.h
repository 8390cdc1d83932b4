// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "core/parallel.h"

namespace vd {

/// Numbers that share one sum before it joins the total.
constexpr std::size_t sum_chunk = 1 << 15;

/// Sum over [begin, end) of what `body(k, sums)` adds to its K sums, in parallel: chunks of fixed size have
/// their own sums, added in order, so the result is the same for any number of threads.
template <std::size_t K, typename Body>
[[nodiscard]] std::array<double, K> chunked_sum(std::size_t begin, std::size_t end, const Body& body) {
  constexpr std::size_t chunk = sum_chunk;
  std::vector<std::array<double, K>> partial((end - begin + chunk - 1) / chunk);
  parallel_for(partial.size(), [&](std::size_t c) {
    std::array<double, K> sums{};
    const std::size_t first = begin + c * chunk;
    for (std::size_t k = first; k < std::min(end, first + chunk); ++k) body(k, sums);
    partial[c] = sums;
  });
  std::array<double, K> total{};
  for (const auto& sums : partial) {
    for (std::size_t i = 0; i < K; ++i) total[i] += sums[i];
  }
  return total;
}

}  // namespace vd
