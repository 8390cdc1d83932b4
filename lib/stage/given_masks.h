// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "core/options.h"

namespace vd {

struct GivenMaskOptions {
  std::string masks = "auto";  // auto (known/masks of the clip), none, gt, an image, or a folder
  bool invert = false;
};
void describe(GivenMaskOptions& options, OptionTable& table);

/// Masks that the user gives: what they cover is neither tracked nor taken for static.
class GivenMasks {
 public:
  /// Throws MisuseError when the text means nothing, Error when a folder lacks the mask of a frame.
  GivenMasks(const Clip& clip, const GivenMaskOptions& options);

  /// The file of a frame; nothing when no masks are given.
  [[nodiscard]] std::optional<std::filesystem::path> file(int frame) const;
  /// 255 where the frame is left out, at the size of the clip. Throws Error on another size.
  [[nodiscard]] MaskMap of(int frame) const;

 private:
  const Clip& clip_;
  bool invert_ = false;
  std::vector<std::filesystem::path> files_;  // one a frame, or empty
};

}  // namespace vd
