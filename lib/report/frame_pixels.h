// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "report/grouped_depth.h"

namespace vd {

/// What a pixel with truth is.
enum PixelBit : std::uint8_t { kScored = 1, kPredicted = 2, kObserved = 4, kStatic = 8, kMoving = 16 };

/// The pixels of one frame that have truth, in the order of rows.
struct FramePixels {
  std::vector<float> prediction, truth, confidence;
  std::vector<std::uint8_t> bits;  // of PixelBit
  bool has_mask = false;
  bool has_confidence = false;
  [[nodiscard]] std::size_t size() const { return truth.size(); }
};

/// Throws Error when the maps differ in size.
[[nodiscard]] FramePixels pixels_with_truth(const DepthFrame& frame);

/// Pixels of all frames of a clip, gone through in rounds: kept while there is room, else read again.
class PixelRounds {
 public:
  PixelRounds(const DepthFrames& frames, std::size_t memory_bytes)
      : frames_(frames), room_bytes_(memory_bytes), kept_(frames.count) {}

  [[nodiscard]] std::size_t frames() const { return frames_.count; }
  /// use(frame, pixels) for every frame in order; reading runs ahead in parallel.
  void each(const std::function<void(std::size_t frame, const FramePixels& pixels)>& use);
  /// The same in two steps: work(frame, pixels) in parallel, then use(frame) in order, a few frames at a
  /// time.
  void each(const std::function<void(std::size_t frame, const FramePixels& pixels)>& work,
            const std::function<void(std::size_t frame)>& use);

 private:
  using Pixels = std::shared_ptr<const FramePixels>;
  DepthFrames frames_;
  std::size_t room_bytes_;
  std::vector<Pixels> kept_;
};

}  // namespace vd
