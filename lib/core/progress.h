// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace vd {

/// auto: one updating line on a terminal, a line every 10 s elsewhere; json: one object a line for wrapping
/// programs.
enum class ProgressMode { automatic, always, never, json };

/// Shows on standard error how far a stage is: items done and in all, rate, time left. Safe to call from many
/// threads.
class Progress {
 public:
  Progress(std::string label, std::size_t total, ProgressMode mode);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void tick(std::size_t items = 1);

 private:
  using Clock = std::chrono::steady_clock;
  void show(bool last);

  std::mutex mutex_;
  std::string label_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool terminal_;
  bool json_;
  bool silent_;
  bool shown_ = false;
  Clock::time_point start_;
  Clock::time_point last_shown_;
};

}  // namespace vd
