// SPDX-License-Identifier: Apache-2.0
#include "core/log.h"

#include <cstdio>
#include <mutex>
#include <utility>

namespace vd {
namespace {

// The process has one standard error, one name and one verbosity: the only state that is truly global.
struct LogState {
  std::mutex mutex;
  std::string program = "vd";
  LogLevel level = LogLevel::normal;
  std::vector<std::string> warnings;
};

LogState& log_state() {
  static LogState state;
  return state;
}

void print_line(const LogState& state, const char* kind, const std::string& message) {
  std::fprintf(stderr, "%s: %s%s\n", state.program.c_str(), kind, message.c_str());
}

}  // namespace

void set_log(const std::string& program, LogLevel level) {
  auto& state = log_state();
  const std::lock_guard lock(state.mutex);
  state.program = program;
  state.level = level;
}

void log_error(const std::string& message) {
  auto& state = log_state();
  const std::lock_guard lock(state.mutex);
  print_line(state, "", message);
}

void log_warning(const std::string& message) {
  auto& state = log_state();
  const std::lock_guard lock(state.mutex);
  state.warnings.push_back(message);
  if (state.level != LogLevel::quiet) print_line(state, "warning: ", message);
}

void log_note(const std::string& message) {
  auto& state = log_state();
  const std::lock_guard lock(state.mutex);
  if (state.level == LogLevel::verbose) print_line(state, "", message);
}

std::vector<std::string> take_warnings() {
  auto& state = log_state();
  const std::lock_guard lock(state.mutex);
  return std::exchange(state.warnings, {});
}

}  // namespace vd
