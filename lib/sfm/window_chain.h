// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "sfm/windows.h"

namespace vd {

/// Joins the windows of a shot as they are solved, and keeps of each what belongs to the result: cameras and
/// points. Only the last window is kept whole.
class WindowChain {
 public:
  explicit WindowChain(Span<const FrameWindow> windows);
  /// The windows in their order.
  void add(SolvedWindow window);
  /// The shot; the chain is empty afterwards.
  [[nodiscard]] WindowsResult finish();

 private:
  [[nodiscard]] Sim3 place(const SolvedWindow& window);
  void take_cameras(const SolvedWindow& window, const Sim3& world_from_window);
  void take_points(const SolvedWindow& window, const Sim3& world_from_window);
  void take_report(SolvedWindow& window);
  [[nodiscard]] Sim3 final_from_world();

  std::vector<FrameWindow> windows_;
  std::optional<SolvedWindow> last_;
  std::set<std::int64_t> taken_;  // tracks of the last window whose points the result has
  std::vector<std::optional<PosePrior>> pose_priors_;  // of all frames so far, or empty
  bool in_given_world_ = false;
  WindowsResult result_;
};

}  // namespace vd
