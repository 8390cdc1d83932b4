// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace vd {

/// What programs spend their time on. Amounts are counted where the work is done; vd-bench measures a rate of
/// each kind; amounts divided by rates are what --dry-run predicts.
enum class WorkKind {
  matrix_product,
  convolution,
  loop,
  copy,
  read_image,
  write_image,
  read_result,
  write_result,
  read_intermediate,
  write_intermediate,
  file,
  dense_flow,
  farneback,
  track,
  adjust,
  sweep,
  semi_global,
  refine,
  complete,
  motion,
  pair_depth,
  align_points,
  render,
  score,
  draw,
  count_
};
constexpr std::size_t work_kind_count = static_cast<std::size_t>(WorkKind::count_);

struct WorkKindInfo {
  WorkKind kind;
  std::string name;  // in tables and files
  std::string unit;  // of an amount
  double flop;       // arithmetic operations a unit, integer ones included
  double bytes;      // that must be read and written a unit, were caches perfect
  bool is_estimate;  // the operations are estimated; else they are counted in the code
  double rate;       // units a second and thread, on the machine of the built-in profile
};
[[nodiscard]] const WorkKindInfo& info_of(WorkKind kind);
/// Every kind in the order of the enumeration.
[[nodiscard]] const std::array<WorkKindInfo, work_kind_count>& work_kinds();

/// Amounts of work, each in the unit of its kind; nothing at first.
class Work {
 public:
  Work() = default;
  Work(WorkKind kind, double amount) { amounts_[static_cast<std::size_t>(kind)] = amount; }

  [[nodiscard]] double of(WorkKind kind) const { return amounts_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] bool empty() const;
  [[nodiscard]] double flop() const;
  [[nodiscard]] double bytes() const;

  Work& operator+=(const Work& other);
  Work& operator*=(double factor);
  friend Work operator+(Work a, const Work& b) { return a += b; }
  friend Work operator*(double factor, Work work) { return work *= factor; }

 private:
  std::array<double, work_kind_count> amounts_{};
};

}  // namespace vd
