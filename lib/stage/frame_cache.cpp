// SPDX-License-Identifier: Apache-2.0
#include "stage/frame_cache.h"

#include <algorithm>

namespace vd {

FrameCache::Frame FrameCache::at(int frame) {
  std::promise<Frame> promise;
  {
    std::unique_lock lock(mutex_);
    const auto found = entries_.find(frame);
    if (found != entries_.end()) {
      found->second.last_used = ++clock_;
      const auto waiting = found->second.frame;
      lock.unlock();  // another thread may still be reading it
      return waiting.get();
    }
    entries_[frame] = {promise.get_future().share(), ++clock_};
    ++reads_;
    forget_oldest();
  }
  try {
    auto image = std::make_shared<const GreyImage>(read_(frame));
    promise.set_value(image);
    return image;
  } catch (...) {
    promise.set_exception(std::current_exception());
    const std::lock_guard lock(mutex_);
    entries_.erase(frame);  // who asks again may have more luck
    throw;
  }
}

std::size_t FrameCache::reads() const {
  const std::lock_guard lock(mutex_);
  return reads_;
}

void FrameCache::forget_oldest() {
  while (entries_.size() > std::max<std::size_t>(capacity_, 1)) {
    const auto older = [](const auto& a, const auto& b) { return a.second.last_used < b.second.last_used; };
    entries_.erase(std::min_element(entries_.begin(), entries_.end(), older));
  }
}

}  // namespace vd
