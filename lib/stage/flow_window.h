// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "image/map.h"
#include "stage/working_frames.h"

namespace vd {

/// Flows between near frames of a clip, made when they are first needed (from a function of two grey frames)
/// and forgotten when the window has passed.
class FlowWindow {
 public:
  using Compute = std::function<FlowMap(int i, int j, const GreyImage& from, const GreyImage& to)>;
  FlowWindow(const WorkingFrames& frames, Compute compute) : source_(frames), compute_(std::move(compute)) {}

  /// Makes the flows of these pairs that are not at hand, in parallel.
  void prepare(std::vector<std::pair<int, int>> pairs);
  /// A prepared flow; null when it was not.
  [[nodiscard]] std::shared_ptr<const FlowMap> flow(int i, int j) const;
  /// A frame that a prepared pair names.
  [[nodiscard]] const GreyImage& grey(int frame) const { return *frames_.at(frame); }
  /// Drops everything that touches a frame before this one.
  void forget_before(int frame);

 private:
  void read_frames(const std::vector<std::pair<int, int>>& pairs);

  const WorkingFrames& source_;
  Compute compute_;
  std::map<int, std::shared_ptr<const GreyImage>> frames_;
  std::map<std::pair<int, int>, std::shared_ptr<const FlowMap>> flows_;
};

}  // namespace vd
