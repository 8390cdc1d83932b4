// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "image/map.h"
#include "io/dense.h"

namespace vd {

/// Programs whose files are understood by their own names. What their formats hold is known from descriptions
/// of MonST3R and Align3R; that of MegaSaM, Video-Depth-Anything, DepthCrafter and ViPE from general
/// knowledge of these programs, so anything unexpected in their files is an error.
enum class ForeignProgram {
  automatic,
  plain,         // numbered files, or one array [T, H, W]
  monst3r,       // folder of a demo of MonST3R or Align3R
  megasam,       // NPZ: images, depths [T, H, W], intrinsic [3, 3], cam_c2w [T, 4, 4]
  vda,           // Video-Depth-Anything, NPZ: depths [T, H, W]
  depthcrafter,  // NPZ: depth [T, H, W], one affine-invariant disparity for the video
  vipe,          // ZIP of one EXR a frame
};
[[nodiscard]] std::string to_string(ForeignProgram program);

/// The program that made a source, by its names and arrays; plain when nothing tells.
[[nodiscard]] ForeignProgram detect_program(const std::filesystem::path& source);

/// A file with the numbers in its name: one of a frame, two of a pair.
struct NumberedFile {
  std::vector<int> numbers;
  std::filesystem::path path;
};

/// Files of a folder whose names fit a pattern with one or two %d (each stands for any run of digits, %04d
/// too), in the order of their numbers. Throws Error when none fits.
[[nodiscard]] std::vector<NumberedFile> files_by_pattern(const std::filesystem::path& folder,
                                                         const std::string& pattern);

/// Files of dense maps of a folder by the last `count` runs of digits in their names. Throws Error when there
/// are none, when names lack numbers or share them, or when there are files of several kinds.
[[nodiscard]] std::vector<NumberedFile> numbered_files(const std::filesystem::path& folder, int count);

/// Maps of one value a pixel out of the files of another program, one a frame.
class ForeignMaps {
 public:
  virtual ~ForeignMaps() = default;
  /// Number of each map by the source's own count, increasing.
  [[nodiscard]] virtual const std::vector<int>& numbers() const = 0;
  /// What map k is read from.
  [[nodiscard]] virtual std::filesystem::path file(std::size_t k) const = 0;
  /// Map k, invalid values brought to the form of clips; asked for with increasing k.
  [[nodiscard]] virtual Map<float> read(std::size_t k) = 0;
};

/// kind     "depth", "inverse", "conf" or "masks"
/// pattern  of the names of files in a folder; empty: the program's own
/// scale    stored values a unit, of PNG files
/// throws   Error when the source does not hold that kind of map
[[nodiscard]] std::unique_ptr<ForeignMaps> open_foreign_maps(const std::filesystem::path& source,
                                                             ForeignProgram program, const std::string& kind,
                                                             const std::string& pattern, StoredScale scale);

/// True when a source of that program has maps of that kind beside its depth.
[[nodiscard]] bool has_foreign_maps(const std::filesystem::path& source, ForeignProgram program,
                                    const std::string& kind);

}  // namespace vd
