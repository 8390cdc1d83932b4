// SPDX-License-Identifier: Apache-2.0
#include "core/progress.h"

#include <unistd.h>

#include <fmt/format.h>

#include <cstdio>

namespace vd {
namespace {

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

}  // namespace

Progress::Progress(std::string label, std::size_t total, ProgressMode mode)
    : label_(std::move(label)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) != 0 || mode == ProgressMode::always),
      json_(mode == ProgressMode::json),
      silent_(mode == ProgressMode::never || total == 0),
      start_(Clock::now()),
      last_shown_(start_) {}

Progress::~Progress() {
  if (!silent_ && shown_ && terminal_ && !json_) std::fputc('\n', stderr);
}

void Progress::tick(std::size_t items) {
  const std::lock_guard lock(mutex_);
  done_ += items;
  if (silent_) return;
  const double since_shown = std::chrono::duration<double>(Clock::now() - last_shown_).count();
  const double pause_s = json_ ? 1.0 : terminal_ ? 0.1 : 10.0;
  const bool last = done_ >= total_;
  if (since_shown >= pause_s || (last && (terminal_ || json_))) show(last);
}

void Progress::show(bool last) {
  last_shown_ = Clock::now();
  shown_ = true;
  const double elapsed_s = std::chrono::duration<double>(last_shown_ - start_).count();
  const double rate = elapsed_s > 0 ? static_cast<double>(done_) / elapsed_s : 0;
  const double left_s = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
  if (json_) {
    fmt::print(stderr, "{{\"stage\":\"{}\",\"done\":{},\"total\":{},\"rate\":{:.3f},\"eta_s\":{:.1f}}}\n",
               label_, done_, total_, rate, left_s);
  } else {
    fmt::print(stderr, "{}{}: {}/{}, {:.2f} a second, {}{}", terminal_ ? "\r" : "", label_, done_, total_,
               rate, last ? "took " + duration_text(elapsed_s) : duration_text(left_s) + " left",
               terminal_ ? "\x1b[K" : "\n");
  }
  std::fflush(stderr);
}

}  // namespace vd
