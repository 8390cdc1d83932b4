// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/options.h"

namespace vd {

/// What was asked for beside the options' values.
struct CommandLine {
  enum class Request { run, help, help_all, version, json_usage, print_config };
  Request request = Request::run;
  std::vector<std::string> arguments;  // positional
};

/// Sets the options of the table from argv (without the program's name) and from --config FILE.toml; the
/// command line wins over the file. Throws MisuseError.
[[nodiscard]] CommandLine parse_command_line(const std::string& program, const std::vector<std::string>& argv,
                                             OptionTable& table);

}  // namespace vd
