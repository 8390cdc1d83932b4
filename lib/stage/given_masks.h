// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "clip/known.h"
#include "core/options.h"

namespace vd {

struct GivenMaskOptions {
  /// auto (known/masks of the clip), none, gt, an image, or a folder; each may say how it is taken
  /// (clip/known.h). The sigma of a prior is that of the outline, in pixels of the frames.
  std::string masks = "auto";
  bool invert = false;
};
void describe(GivenMaskOptions& options, OptionTable& table);

/// Masks that the user gives: what they cover is not tracked, and not taken for static either as far as they
/// are trusted.
class GivenMasks {
 public:
  /// Throws MisuseError when the text means nothing, Error when a folder lacks the mask of a frame.
  GivenMasks(const Clip& clip, const GivenMaskOptions& options);

  /// The file of a frame; nothing when no masks are given.
  [[nodiscard]] std::optional<std::filesystem::path> file(int frame) const;
  /// 255 where the frame is left out, at the size of the clip. Throws Error on another size.
  [[nodiscard]] MaskMap of(int frame) const;
  /// 255 where the frame moves because the mask says so; elsewhere it is looked at. All of a mask that is
  /// held; of a prior what lies two sigmas within its outline; nothing of a first guess, which only starts
  /// the search.
  [[nodiscard]] MaskMap moving(int frame) const;

 private:
  const Clip& clip_;
  bool invert_ = false;
  KnownAs as_;
  std::vector<std::filesystem::path> files_;  // one a frame, or empty
};

}  // namespace vd
