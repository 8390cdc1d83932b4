// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vd {

/// Walks the attributes in the head of an EXR file before OpenEXR sees it, since OpenEXR takes memory for
/// whatever sizes are written there. Throws Error when the head is truncated, when a part is deep,
/// subsampled, has more than one level, or is larger than the file's bytes can hold.
void check_exr_header(std::string_view bytes, const std::string& where);

}  // namespace vd
