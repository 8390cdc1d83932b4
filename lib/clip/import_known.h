// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "clip/import.h"
#include "clip/known.h"
#include "io/camera_file.h"

namespace vd {

/// What the user knows about the frames of a source, by --intrinsics, --poses and --masks.
class KnownThings {
 public:
  /// Reads the files. Throws Error naming a file that is missing or damaged, MisuseError for text that means
  /// nothing.
  explicit KnownThings(const ImportOptions& options);

  /// Camera of a frame of that size; nothing when none is known. Throws Error when it is stated at another
  /// size.
  [[nodiscard]] std::optional<LensCamera> camera(const FrameKey& frame, int width, int height) const;
  [[nodiscard]] bool has_cameras() const { return !intrinsics_.text.empty(); }

  /// Writes known/intrinsics.txt, known/traj.txt and known/masks/ for the imported frames, and says in info
  /// how they are to be taken.
  void write(const ImportedFrames& frames, const std::filesystem::path& folder, ClipInfo& info) const;

  /// Files that the clip depends on.
  [[nodiscard]] static std::vector<std::filesystem::path> files(const ImportOptions& options);

 private:
  void write_masks(const ImportedFrames& frames, const std::filesystem::path& folder) const;

  ImportOptions options_;
  Known intrinsics_;
  Known poses_;
  Known masks_;
  std::optional<CameraFile> camera_file_;
};

}  // namespace vd
