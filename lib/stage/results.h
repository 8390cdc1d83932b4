// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "core/options.h"
#include "geometry/se3.h"
#include "image/map.h"
#include "image/resize.h"

namespace vd {

/// Which results of a clip a program looks at, by the names of their stages; empty = the only one there is.
struct ResultChoice {
  std::string depth;       // also "gt", the ground truth
  std::string inverse;     // relative inverse depth instead of depth
  std::string confidence;  // empty: the one with the name of the depth, when there is one
  std::string masks;
  std::string trajectory;  // empty: the one with the name of the depth, or the only one
};
void describe(ResultChoice& choice, OptionTable& table);

/// The results that a clip has, found by a choice: finished results of any program, none of which need be
/// there.
class Results {
 public:
  /// Throws MisuseError when there are several of a kind and none was chosen, Error when the chosen one is
  /// missing.
  Results(const Clip& clip, const ResultChoice& choice);

  /// Names of the stages; empty = there is none.
  [[nodiscard]] const std::string& depth() const { return depth_; }
  [[nodiscard]] const std::string& confidence() const { return confidence_; }
  [[nodiscard]] const std::string& masks() const { return masks_; }
  [[nodiscard]] const std::string& trajectory() const { return trajectory_; }
  /// True when depth() names a stage of inverse depth: depth is then its reciprocal, up to an unknown scale
  /// and shift.
  [[nodiscard]] bool is_inverse() const { return is_inverse_; }
  /// "m", "relative" or "affine".
  [[nodiscard]] const std::string& depth_unit() const { return unit_; }
  [[nodiscard]] bool has_true_depth() const;
  [[nodiscard]] bool has_true_masks() const;

  /// Maps of one frame; empty where the frame has none. Depth is as stored when stored is set, so inverse
  /// depth stays inverse; else depth. Results of another size (--native) are brought to that of the frames:
  /// depth bilinearly, confidence and masks by the nearest pixel. Throws Error when a file is damaged, or
  /// truth has another size than the frames.
  [[nodiscard]] DepthMap read_depth(int frame, bool stored = false) const;
  [[nodiscard]] Size stored_depth_size(int frame) const;
  [[nodiscard]] ConfidenceMap read_confidence(int frame) const;
  [[nodiscard]] MaskMap read_mask(int frame) const;
  [[nodiscard]] DepthMap read_true_depth(int frame) const;
  [[nodiscard]] MaskMap read_true_mask(int frame) const;

  /// Files that the maps of a frame are read from (those that exist), images apart.
  [[nodiscard]] std::vector<std::filesystem::path> files(int frame) const;
  /// Files of the estimated and the true camera path that exist.
  [[nodiscard]] std::vector<std::filesystem::path> path_files() const;
  /// The file of the estimated and of the true path; empty when there is none.
  [[nodiscard]] std::filesystem::path trajectory_file() const;
  [[nodiscard]] std::filesystem::path true_trajectory_file() const;

 private:
  [[nodiscard]] std::filesystem::path depth_folder() const;

  const Clip& clip_;
  std::string depth_, confidence_, masks_, trajectory_, unit_ = "relative";
  bool is_inverse_ = false;
};

/// Poses of the selected frames of a clip, estimated and true, where both are known.
struct PosePairs {
  std::vector<int> frames;
  std::vector<SE3> estimate;
  std::vector<SE3> truth;
};

/// Pairs the lines of two trajectory files with the frames of the clip: by line where a file has one for each
/// frame, else by time, at most half a frame apart.
[[nodiscard]] PosePairs read_pose_pairs(const Clip& clip, const std::filesystem::path& estimate,
                                        const std::filesystem::path& truth, const std::vector<int>& frames);

/// Poses of the selected frames from one file, by the same rule; frames without one are left out.
[[nodiscard]] std::vector<SE3> read_poses(const Clip& clip, const std::filesystem::path& file,
                                          const std::vector<int>& frames);

}  // namespace vd
