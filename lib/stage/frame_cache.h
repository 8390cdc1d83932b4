// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>

#include "image/map.h"

namespace vd {

/// The grey frames that were used last, read again from disk when they are asked for later. Thread-safe; a
/// frame that several threads ask for is read once.
class FrameCache {
 public:
  using Frame = std::shared_ptr<const GreyImage>;
  FrameCache(std::size_t capacity, std::function<GreyImage(int)> read)
      : capacity_(capacity), read_(std::move(read)) {}

  /// Throws what reading throws. Whoever holds the frame keeps it alive, in the cache or not.
  [[nodiscard]] Frame at(int frame);
  /// Frames read so far, those read again counted again.
  [[nodiscard]] std::size_t reads() const;

 private:
  struct Entry {
    std::shared_future<Frame> frame;
    std::uint64_t last_used = 0;
  };
  void forget_oldest();

  std::size_t capacity_;
  std::function<GreyImage(int)> read_;
  mutable std::mutex mutex_;
  std::map<int, Entry> entries_;
  std::uint64_t clock_ = 0;
  std::size_t reads_ = 0;
};

}  // namespace vd
