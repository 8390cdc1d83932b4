// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "weights/literal.h"

namespace vd {

/// A decimal number as JSON writes it: integer where it is one and fits 64 bits, else real (an exponent too
/// large for that gives infinity). Nothing for other text.
[[nodiscard]] std::optional<Literal> parse_number(std::string_view text);

}  // namespace vd
