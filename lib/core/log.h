// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vd {

/// Lines for people go to standard error as "program: warning: what"; results never do. Levels: quiet shows
/// errors only, normal adds warnings, verbose adds notes.
enum class LogLevel { quiet, normal, verbose };

void set_log(const std::string& program, LogLevel level);
void log_error(const std::string& message);
void log_warning(const std::string& message);
void log_note(const std::string& message);

/// Warnings given since the last call, for the stage's record.
[[nodiscard]] std::vector<std::string> take_warnings();

}  // namespace vd
