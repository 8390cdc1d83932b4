// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clip/clip.h"

namespace vd {

/// What is wrong with one file (or, where files are missing, one folder) of a clip.
struct BadFile {
  std::filesystem::path file;
  std::string problem;
  bool stale = false;  // whole, but made from inputs that have changed since
};

struct ClipCheck {
  std::size_t files = 0;  // that were looked at
  std::vector<BadFile> bad;
};

/// Reads every file of a clip whole, a thread a file, and holds it against the format of a clip: frames,
/// ground truth, known cameras, and every stage of every program; sizes, channels, values, indices, numbers
/// of files, and whether the digests of inputs in the records are still true. Files whose names mean nothing
/// to vd are left alone. Nothing is thrown for what is wrong with the clip.
[[nodiscard]] ClipCheck check_clip(const std::filesystem::path& folder);

/// The same for one stage, KIND/NAME.
[[nodiscard]] ClipCheck check_stage(const Clip& clip, const std::string& kind, const std::string& name);

/// One line a bad file, or one JSON object: clip, ok, files, bad [file, problem, stale].
[[nodiscard]] std::string clip_check_text(const ClipCheck& check);
[[nodiscard]] std::string clip_check_json(const std::filesystem::path& folder, const ClipCheck& check);

}  // namespace vd
