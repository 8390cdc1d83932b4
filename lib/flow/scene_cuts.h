// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "image/map.h"

namespace vd {

/// Finds where one shot of a video ends and another begins, from frames that arrive one after the other.
///
/// A cut is a step between two frames that no motion explains: dense flow does not come back, and no shift of
/// the whole picture brings the edges of one onto those of the other; and the colours change. Brightness
/// alone does not count. A flash, or a thing that hides the scene for up to two frames, is no cut, for the
/// frames behind it continue those before. Where every step changes beyond recognition (a fast pan), more of
/// the colours must change. Dissolves, and a shot of one frame at either end, are not found.
class SceneCutDetector {
 public:
  SceneCutDetector();
  ~SceneCutDetector();
  SceneCutDetector(SceneCutDetector&&) noexcept;
  SceneCutDetector& operator=(SceneCutDetector&&) noexcept;

  /// What is kept of a frame, at most 128 pixels wide; may run in parallel.
  struct Thumbnail {
    GreyImage grey;
    RgbImage rgb;
  };
  [[nodiscard]] static Thumbnail thumbnail(const RgbImage& frame);

  /// Takes the next frames, all of one size. How frames are grouped into calls does not change the cuts.
  void add(std::vector<Thumbnail> frames);

  /// First frame of every shot but the first; the detector is empty afterwards.
  [[nodiscard]] std::vector<int> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vd
