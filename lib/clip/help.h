// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "clip/program.h"
#include "core/options.h"

namespace vd {

/// One screen: what it does, usage, examples, options by topic with default, range and unit.
[[nodiscard]] std::string help_text(const ProgramInfo& info, const OptionTable& table, bool all);
/// Help of a program with verbs.
[[nodiscard]] std::string verbs_help_text(const ProgramInfo& info, const std::vector<Verb>& verbs);

/// The interface as JSON; man pages, completion and the tables of the documentation are made from it.
[[nodiscard]] std::string usage_json(const ProgramInfo& info, const OptionTable& table);
/// The same for a program with verbs: "verbs" holds one such object each.
[[nodiscard]] std::string verbs_usage_json(const ProgramInfo& info, const std::vector<Verb>& verbs);
/// A verb's info under the name that a user types, "vd-clip import".
[[nodiscard]] ProgramInfo full_info(const ProgramInfo& program, const Verb& verb);

/// The resolved options as a TOML file that --config reads back.
[[nodiscard]] std::string config_toml(const OptionTable& table);

/// Version, and with details as JSON: compiler, libraries, BLAS kernel in use.
[[nodiscard]] std::string version_line(const std::string& program);
[[nodiscard]] std::string version_json(const std::string& program);

}  // namespace vd
