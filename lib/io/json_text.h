// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace vd {

/// JSON of a file made by others. Throws Error of one line on damage and on nesting deeper than any file that
/// vd reads (64).
[[nodiscard]] nlohmann::json parse_json(std::string_view text, const std::string& where);

/// Text of a file as part of an error message: control characters replaced, 40 characters at most.
[[nodiscard]] std::string one_line(std::string text);

}  // namespace vd
