// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vd {

/// A number of any rank out of more numbers than fit into memory, exactly: all are shown twice. The first
/// time their upper halves are counted; then the rank is chosen; the second time the lower halves of those in
/// the right place are. Counters take 0.5 MB.
class RankSelection {
 public:
  /// First round. NaN is not a number and must not be shown.
  void count(float value);
  [[nodiscard]] std::size_t size() const { return size_; }
  void add(const RankSelection& other);  // counted elsewhere, in the same round

  /// Between the rounds: rank in [0, size()), 0 being the smallest.
  void choose(std::size_t rank);
  /// Second round: the same numbers, in any order.
  void refine(float value);
  /// The number of that rank, after both rounds. 0 where there was none.
  [[nodiscard]] float value() const;

 private:
  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(std::size_t{1} << 16);
  std::size_t size_ = 0;
  std::size_t rank_ = 0;  // among the numbers with the chosen upper half, from choose() on
  std::uint32_t upper_ = 0;
};

}  // namespace vd
