// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clip/clip.h"

namespace vd {

/// What is in a clip: frames, size, duration, and every stage with the number of its items, as text or as
/// JSON.
[[nodiscard]] std::string clip_info_text(const Clip& clip);
[[nodiscard]] std::string clip_info_json(const Clip& clip);

}  // namespace vd
