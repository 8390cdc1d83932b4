// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "clip/clip.h"
#include "geometry/camera.h"
#include "image/resize.h"
#include "stage/frame_cache.h"

namespace vd {

/// The frames of a clip at the size a stage works at: their own, or smaller where they exceed it. Results are
/// brought back to the size of the frames.
class WorkingFrames {
 public:
  /// max_side 0: work at the frames' own size. With a bound on memory an eighth of it is for frames that may
  /// be needed again.
  WorkingFrames(const Clip& clip, int max_side, std::size_t memory_bytes = 0);

  [[nodiscard]] const Clip& clip() const { return clip_; }
  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] bool reduced() const {
    return size_.width != clip_.info().width || size_.height != clip_.info().height;
  }
  [[nodiscard]] RgbImage read(int frame) const;
  /// Grey levels of a frame, kept for a while: at most grey_frames_kept() are. From any thread.
  [[nodiscard]] std::shared_ptr<const GreyImage> grey(int frame) const { return cache_->at(frame); }
  [[nodiscard]] std::size_t grey_frames_kept() const { return frames_kept_; }
  [[nodiscard]] Intrinsics at_working_size(const Intrinsics& camera) const {
    return camera.resized(size_.width, size_.height);
  }
  [[nodiscard]] Intrinsics at_clip_size(const Intrinsics& camera) const;
  [[nodiscard]] MaskMap at_working_size(const MaskMap& mask) const;
  [[nodiscard]] MaskMap at_clip_size(const MaskMap& mask) const;
  /// Depth or confidence at the size of the frames, edges kept where the frame has them.
  [[nodiscard]] Map<float> at_clip_size(const Map<float>& map, int frame) const;

 private:
  const Clip& clip_;
  Size size_;
  std::size_t frames_kept_;
  std::unique_ptr<FrameCache> cache_;
};

}  // namespace vd
