// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clip/known.h"
#include "geometry/lens.h"
#include "image/map.h"

namespace vd {

// A clip is a folder: clip.json, rgb/000000.png ..., and one folder or file a stage, KIND/NAME. Every program
// of vd reads from such folders and writes into them; vd-clip(5) describes each file. This header knows where
// things lie; it neither computes nor decides.

/// A focal length that was not measured but stated by a camera's metadata.
struct FocalPrior {
  double focal_px = 0;        // at the size of the clip's frames
  double relative_sigma = 0;  // standard deviation divided by the focal length
  std::string from;           // "EXIF"
};

/// The lens that a clip's frames were taken with, from a frame on.
struct LensRecord {
  int first_frame = 0;
  LensCamera camera;    // at the size of the source
  bool undone = false;  // the frames are those of a pinhole camera
};

/// What clip.json says.
struct ClipInfo {
  static constexpr int current_format = 1;
  int format = current_format;
  int frames = 0;
  int width = 0;  // of rgb/
  int height = 0;
  std::vector<double> times_s;              // one a frame, increasing
  std::string source;                       // the file or folder it was imported from
  std::vector<int> cuts;                    // first frame of every shot but the first
  std::string gt_unit;                      // "m", "relative" or empty when there is no ground truth
  std::string known_unit;                   // of known/traj.txt: "m" or "relative"; empty when there is none
  std::map<std::string, KnownAs> known_as;  // how what known/ holds is taken; else fixed
  std::optional<FocalPrior> focal_prior;
  std::vector<LensRecord> lenses;  // empty: no distortion is known
  std::vector<std::string> names;  // of the images that the frames were, one a frame; empty for a video
  bool complete = true;            // false while frames may still arrive
};

/// How a known thing ("intrinsics", ...) is taken: as the option says, or for its text "auto" as the clip
/// does.
[[nodiscard]] KnownAs known_as(const Known& known, const ClipInfo& info, const std::string& thing);

class Clip {
 public:
  /// Opens an existing clip. Throws Error when clip.json is missing, damaged or of a format this version does
  /// not know.
  [[nodiscard]] static Clip open(const std::filesystem::path& folder);
  /// A clip that is not on disk yet, to say what would be done with it.
  [[nodiscard]] static Clip planned(const std::filesystem::path& folder, const ClipInfo& info);
  /// Writes clip.json (atomically) into a folder whose frames are already in rgb/.
  static void write_info(const std::filesystem::path& folder, const ClipInfo& info);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const ClipInfo& info() const { return info_; }
  [[nodiscard]] int frame_count() const { return info_.frames; }

  /// Path of a frame's image, PNG or JPEG, whichever is there. Throws Error when neither is.
  [[nodiscard]] std::filesystem::path frame_path(int frame) const;
  [[nodiscard]] RgbImage read_frame(int frame) const;

  /// clip/KIND/NAME, the folder of a stage such as depth/align.
  [[nodiscard]] std::filesystem::path stage_folder(const std::string& kind, const std::string& name) const;
  /// clip/KIND/NAME.EXTENSION, a stage that is one file, such as traj/align.txt.
  [[nodiscard]] std::filesystem::path stage_file(const std::string& kind, const std::string& name,
                                                 const std::string& extension) const;

  /// Names of the stages of a kind: sub-folders, and files with the given extension, sorted; ground truth is
  /// not one.
  [[nodiscard]] std::vector<std::string> stage_names(const std::string& kind,
                                                     const std::string& extension = "") const;

  /// The stage a program reads: the requested one, or the only one there is. Throws MisuseError when there
  /// are several and none was requested (naming them and the option), Error when there is none (naming the
  /// program that writes it).
  [[nodiscard]] std::string choose_stage(const std::string& kind, const std::string& requested,
                                         const std::string& made_by, const std::string& extension = "") const;

 private:
  std::filesystem::path folder_;
  ClipInfo info_;
};

/// File stems: "000007" of a frame and "000007_000012" of a pair.
[[nodiscard]] std::string frame_stem(int frame);
[[nodiscard]] std::string pair_stem(int i, int j);

/// True for the stem of a frame or a pair: digits and underscores.
[[nodiscard]] bool is_item_stem(const std::string& stem);

/// Extensions of the files of a stage, in the order in which readers look for them.
[[nodiscard]] const std::vector<std::string>& item_extensions();

/// The file folder/STEM.EXT with the first extension that is there; nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> find_item(
    const std::filesystem::path& folder, const std::string& stem,
    const std::vector<std::string>& extensions = item_extensions());

/// Frames selected by --frames A:B[:S] (B excluded, negative from the end, parts may be left out): the rule
/// of slices in many languages. Empty text selects all. Throws MisuseError when the text is wrong or selects
/// nothing.
[[nodiscard]] std::vector<int> select_frames(const std::string& text, int frame_count);

/// Every step-th frame from the first on, up to an end or without one.
struct FrameStride {
  int first = 0;
  std::optional<int> end;
  int step = 1;

  [[nodiscard]] bool takes(int frame) const {
    return frame >= first && (!end || frame < *end) && (frame - first) % step == 0;
  }
  [[nodiscard]] bool is_over(int frame) const { return end && frame >= *end; }
};

/// The same of a stream whose length is not known: nothing may be counted from its end. Throws MisuseError.
[[nodiscard]] FrameStride select_of_stream(const std::string& text);

}  // namespace vd
