// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace vd {

// Published depth evaluations sum in float32, and two of their fits (the robust scale and "lad2") are still
// moving when they stop: rounding decides where. To give the published numbers, the sums must be taken in the
// published order, which is PyTorch's on one thread: four interleaved vectors of eight lanes, each summed by
// a cascade of four levels.
namespace published {

constexpr std::size_t lanes = 8;
constexpr std::size_t vectors = 4;
constexpr std::size_t levels = 4;
using Lanes = std::array<float, lanes>;
using Row = std::array<Lanes, vectors>;

inline void add(Row& to, const Row& from) {
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t l = 0; l < lanes; ++l) to[v][l] += from[v][l];
  }
}

/// Bits of a cascade level: a level takes 2^bits rows before it is passed on.
inline std::size_t level_bits(std::size_t rows) {
  std::size_t log2_ceil = 0;
  while ((std::size_t{1} << log2_ceil) < rows) ++log2_ceil;
  return std::max<std::size_t>(4, log2_ceil / levels);
}

}  // namespace published

/// Sum of value(0) ... value(count - 1) as PyTorch's CPU kernel takes it in float32.
template <typename Value>
[[nodiscard]] float published_sum(std::size_t count, const Value& value) {
  using namespace published;
  const std::size_t rows = count / (lanes * vectors);
  const std::size_t bits = level_bits(rows);
  std::array<Row, levels> sums{};
  for (std::size_t row = 0; row < rows;) {
    for (std::size_t v = 0; v < vectors; ++v) {
      for (std::size_t l = 0; l < lanes; ++l) sums[0][v][l] += value((row * vectors + v) * lanes + l);
    }
    ++row;
    // A level that is full moves up; rows after the last full level stay where they are until the end.
    for (std::size_t level = 1; level < levels && (row & ((std::size_t{1} << (bits * level)) - 1)) == 0;
         ++level) {
      add(sums[level], sums[level - 1]);
      sums[level - 1] = Row{};
    }
  }
  for (std::size_t level = 1; level < levels; ++level) add(sums[0], sums[level]);
  const std::size_t whole_vectors = count / lanes;
  for (std::size_t v = rows * vectors; v < whole_vectors; ++v) {
    for (std::size_t l = 0; l < lanes; ++l) sums[0][0][l] += value(v * lanes + l);
  }
  for (std::size_t v = 1; v < vectors; ++v) {
    for (std::size_t l = 0; l < lanes; ++l) sums[0][0][l] += sums[0][v][l];
  }
  float total = 0;
  for (std::size_t k = whole_vectors * lanes; k < count; ++k) total += value(k);
  for (std::size_t l = 0; l < lanes; ++l) total += sums[0][0][l];
  return total;
}

}  // namespace vd
