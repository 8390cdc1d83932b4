// SPDX-License-Identifier: Apache-2.0
#include "stage/working_frames.h"

#include <algorithm>

#include "image/convert.h"
#include "image/guided_upsample.h"

namespace vd {

WorkingFrames::WorkingFrames(const Clip& clip, int max_side, std::size_t memory_bytes)
    : clip_(clip), size_{clip.info().width, clip.info().height} {
  if (max_side > 0) size_ = fit_within(size_, max_side);
  // Twice what the refinement of tracks looks at, and more than any window of flow.
  constexpr std::size_t usually_kept = 64;
  const std::size_t pixels = static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height);
  frames_kept_ =
      memory_bytes == 0 ? usually_kept : std::clamp<std::size_t>(memory_bytes / 8 / pixels, 4, usually_kept);
  cache_ = std::make_unique<FrameCache>(frames_kept_, [this](int frame) { return to_grey(read(frame)); });
}

RgbImage WorkingFrames::read(int frame) const {
  return resize(clip_.read_frame(frame), size_.width, size_.height, Resampling::area);
}

Intrinsics WorkingFrames::at_clip_size(const Intrinsics& camera) const {
  return camera.resized(clip_.info().width, clip_.info().height);
}

MaskMap WorkingFrames::at_working_size(const MaskMap& mask) const {
  return resize(mask, size_.width, size_.height, Resampling::nearest);
}

MaskMap WorkingFrames::at_clip_size(const MaskMap& mask) const {
  return resize(mask, clip_.info().width, clip_.info().height, Resampling::nearest);
}

Map<float> WorkingFrames::at_clip_size(const Map<float>& map, int frame) const {
  if (!reduced()) return map;
  return guided_upsample(map, read(frame), clip_.read_frame(frame));
}

}  // namespace vd
