// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "core/span.h"
#include "image/map.h"

namespace vd {

/// The grey frames of a clip by number, for algorithms that look at a few of them at a time: frames in
/// memory, or a function that reads them when they are asked for, so that memory is bounded by what is being
/// looked at.
class GreyFrames {
 public:
  using Frame = std::shared_ptr<const GreyImage>;

  GreyFrames() = default;
  /// Frames in memory, which the caller keeps there.
  GreyFrames(Span<const GreyImage> frames)  // NOLINT: implicit by design
      : count_(frames.size()), read_([frames](std::size_t k) {
          return Frame(std::shared_ptr<void>(), &frames[k]);  // owns nothing
        }) {}
  GreyFrames(const std::vector<GreyImage>& frames)  // NOLINT: implicit by design
      : GreyFrames(Span<const GreyImage>(frames)) {}
  /// Frames [0, count); read may be called from several threads at once.
  GreyFrames(std::size_t count, std::function<Frame(std::size_t)> read)
      : count_(count), read_(std::move(read)) {}

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] Frame operator[](std::size_t frame) const { return read_(frame); }

 private:
  std::size_t count_ = 0;
  std::function<Frame(std::size_t)> read_;
};

}  // namespace vd
