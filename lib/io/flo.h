// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "image/map.h"

namespace vd {

/// Middlebury's flow files: "PIEH", width and height (int32), rows of interleaved float32 (u, v), little
/// endian. Values beyond 1e9 and those that are not finite mean unknown and become NaN. Throws Error on
/// damaged and truncated files.
[[nodiscard]] FlowMap decode_flo(std::string_view bytes, const std::string& where);

/// Unknown flow is written as 1e10, the value the format's own tools use.
[[nodiscard]] std::string encode_flo(const FlowMap& flow);

}  // namespace vd
