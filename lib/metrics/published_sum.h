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

/// A sum of so many float32 numbers as PyTorch's CPU kernel takes it, number by number in their order.
class PublishedSum {
 public:
  explicit PublishedSum(std::size_t count)
      : rows_(count / row_size),
        whole_vectors_(count / published::lanes),
        bits_(published::level_bits(rows_)) {}

  /// The next row_size numbers, value(0) ...; only where that many are left.
  template <typename Value>
  void add_row(const Value& value) {
    using namespace published;
    for (std::size_t v = 0; v < vectors; ++v) {
      for (std::size_t l = 0; l < lanes; ++l) sums_[0][v][l] += value(v * lanes + l);
    }
    next_ += row_size;
    close_row();
  }
  void add(float value) {
    using namespace published;
    const std::size_t vector = next_ / lanes;
    if (vector >= whole_vectors_) {
      rest_ += value;
    } else if (vector < rows_ * vectors) {
      sums_[0][vector % vectors][next_ % lanes] += value;
    } else {
      if (next_ == rows_ * row_size) merge_levels();
      sums_[0][0][next_ % lanes] += value;
    }
    ++next_;
    if (next_ <= rows_ * row_size && next_ % row_size == 0) close_row();
  }
  [[nodiscard]] float total() {
    using namespace published;
    merge_levels();
    for (std::size_t v = 1; v < vectors; ++v) {
      for (std::size_t l = 0; l < lanes; ++l) sums_[0][0][l] += sums_[0][v][l];
    }
    float total = rest_;
    for (std::size_t l = 0; l < lanes; ++l) total += sums_[0][0][l];
    return total;
  }

  static constexpr std::size_t row_size = published::lanes * published::vectors;

 private:
  /// A level that is full moves up; rows after the last full level stay where they are until the end.
  void close_row() {
    using namespace published;
    const std::size_t row = next_ / row_size;
    for (std::size_t level = 1; level < levels && (row & ((std::size_t{1} << (bits_ * level)) - 1)) == 0;
         ++level) {
      published::add(sums_[level], sums_[level - 1]);
      sums_[level - 1] = Row{};
    }
  }
  void merge_levels() {
    for (std::size_t level = 1; level < published::levels; ++level) {
      published::add(sums_[0], sums_[level]);
      sums_[level] = published::Row{};
    }
  }

  std::size_t rows_, whole_vectors_, bits_;
  std::size_t next_ = 0;
  std::array<published::Row, published::levels> sums_{};
  float rest_ = 0;
};

/// The same of value(0) ... value(count - 1).
template <typename Value>
[[nodiscard]] float published_sum(std::size_t count, const Value& value) {
  PublishedSum sum(count);
  std::size_t k = 0;
  for (; k + PublishedSum::row_size <= count; k += PublishedSum::row_size)
    sum.add_row([&](std::size_t slot) { return value(k + slot); });
  for (; k < count; ++k) sum.add(value(k));
  return sum.total();
}

}  // namespace vd
