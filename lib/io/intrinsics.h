// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/span.h"
#include "geometry/camera.h"

namespace vd {

/// Content of an intrinsics file: one camera for all frames, cameras by frame index, or both (the frame's own
/// line wins).
struct IntrinsicsTable {
  std::string where;  // the file, for errors
  std::optional<Intrinsics> shared;
  std::map<int, Intrinsics> by_frame;

  /// Camera of a frame; throws Error when the file has none for it.
  [[nodiscard]] const Intrinsics& at(int frame) const;
  /// Cameras of the frames 0 .. frame_count-1.
  [[nodiscard]] std::vector<Intrinsics> for_frames(int frame_count) const;
};

/// Intrinsics in pixels at the image size stated beside them: lines `frame fx fy cx cy width height` with a
/// frame index from 0 or `*` for all frames, or the bare line `fx fy cx cy width height`, which means `*`;
/// `#` comments. Throws Error unless focal lengths and sizes are positive, and when a frame has two lines or
/// there is no line at all.
[[nodiscard]] IntrinsicsTable read_intrinsics(const std::filesystem::path& path);
[[nodiscard]] IntrinsicsTable decode_intrinsics(std::string_view text, const std::string& where);

/// One line a frame, or one with frame `*` where all are equal; as many digits as bring the same values back.
void write_intrinsics(const std::filesystem::path& path, Span<const Intrinsics> frames);
[[nodiscard]] std::string encode_intrinsics(Span<const Intrinsics> frames);

}  // namespace vd
