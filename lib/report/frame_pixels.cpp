// SPDX-License-Identifier: Apache-2.0
#include "report/frame_pixels.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"

namespace vd {
namespace {

template <typename T>
void check_size(const Map<T>& map, const DepthMap& truth, const char* what) {
  if (!map.empty() && !map.same_size(truth)) throw Error(what, "has another size than the true depth");
}

}  // namespace

FramePixels pixels_with_truth(const DepthFrame& frame) {
  if (!frame.prediction.same_size(frame.truth)) throw Error("depth", "prediction and truth differ in size");
  check_size(frame.confidence, frame.truth, "confidence");
  check_size(frame.moving, frame.truth, "moving mask");
  check_size(frame.scored, frame.truth, "mask");
  FramePixels pixels;
  pixels.has_mask = !frame.moving.empty();
  pixels.has_confidence = !frame.confidence.empty();
  for (std::size_t k = 0; k < frame.truth.pixels(); ++k) {
    const float truth = frame.truth.values()[k];
    if (!(truth > 0) || !std::isfinite(truth)) continue;
    const float prediction = frame.prediction.values()[k];
    // Negative disparities are rare and legal; a negative depth is not.
    const bool predicted = std::isfinite(prediction) && prediction != 0;
    const float confidence = frame.confidence.empty() ? 1.0F : frame.confidence.values()[k];
    std::uint8_t bits = 0;
    if (frame.scored.empty() || frame.scored.values()[k] != 0) bits |= kScored;
    if (predicted) bits |= kPredicted;
    if (predicted && confidence > 0) bits |= kObserved;
    if (!frame.moving.empty()) bits |= frame.moving.values()[k] != 0 ? kMoving : kStatic;
    pixels.prediction.push_back(std::isfinite(prediction) ? prediction : 0);
    pixels.truth.push_back(truth);
    pixels.confidence.push_back(confidence);
    pixels.bits.push_back(bits);
  }
  return pixels;
}

void PixelRounds::each(const std::function<void(std::size_t, const FramePixels&)>& use) {
  each([](std::size_t, const FramePixels&) {}, [&](std::size_t frame) { use(frame, *kept_[frame]); });
}

void PixelRounds::each(const std::function<void(std::size_t, const FramePixels&)>& work,
                       const std::function<void(std::size_t)>& use) {
  const auto block = static_cast<std::size_t>(thread_count());
  for (std::size_t begin = 0; begin < frames_.count; begin += block) {
    check_interrupted();
    const std::size_t count = std::min(block, frames_.count - begin);
    std::vector<char> is_new(count, 0);
    parallel_for(count, [&](std::size_t k) {
      Pixels& pixels = kept_[begin + k];
      is_new[k] = pixels ? 0 : 1;
      if (!pixels) pixels = std::make_shared<const FramePixels>(pixels_with_truth(frames_.read(begin + k)));
      work(begin + k, *pixels);
    });
    for (std::size_t k = 0; k < count; ++k) {
      use(begin + k);
      if (is_new[k] == 0) continue;
      const std::size_t bytes = kept_[begin + k]->size() * 13;
      if (bytes > room_bytes_)
        kept_[begin + k].reset();
      else
        room_bytes_ -= bytes;
    }
  }
}

}  // namespace vd
