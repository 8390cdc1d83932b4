// SPDX-License-Identifier: Apache-2.0
#include "metrics/rank_selection.h"

#include <algorithm>
#include <cstring>

namespace vd {
namespace {

constexpr std::uint32_t sign = 0x80000000U;

/// Whole numbers in the order of the floats: bits of positive floats ascend, those of negative ones descend.
std::uint32_t ordered_bits(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

float from_ordered_bits(std::uint32_t ordered) {
  const std::uint32_t bits = (ordered & sign) != 0 ? ordered & ~sign : ~ordered;
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The counter in which a rank falls; what lies before it is taken off the rank.
std::uint32_t counter_of(const std::vector<std::uint64_t>& counts, std::size_t& rank) {
  std::uint32_t k = 0;
  while (rank >= counts[k]) rank -= counts[k++];
  return k;
}

}  // namespace

void RankSelection::count(float value) {
  ++counts_[ordered_bits(value) >> 16];
  ++size_;
}

void RankSelection::add(const RankSelection& other) {
  for (std::size_t k = 0; k < counts_.size(); ++k) counts_[k] += other.counts_[k];
  size_ += other.size_;
}

void RankSelection::choose(std::size_t rank) {
  if (size_ == 0) return;
  rank_ = rank;
  upper_ = counter_of(counts_, rank_);
  std::fill(counts_.begin(), counts_.end(), 0);
}

void RankSelection::refine(float value) {
  const std::uint32_t ordered = ordered_bits(value);
  if (ordered >> 16 == upper_) ++counts_[ordered & 0xffffU];
}

float RankSelection::value() const {
  if (size_ == 0) return 0;
  std::size_t rank = rank_;
  return from_ordered_bits(upper_ << 16 | counter_of(counts_, rank));
}

}  // namespace vd
