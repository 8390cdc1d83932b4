// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "clip/clip.h"
#include "geometry/camera.h"
#include "image/resize.h"
#include "stage/foreign_maps.h"

namespace vd {

/// Where a map lies in its frame: the frame reduced to `canvas`, of which the map is a part that begins at
/// the offset. Without a crop the canvas has the size of the map.
struct Placement {
  Size canvas;
  int offset_x = 0;
  int offset_y = 0;
};

/// MonST3R and Align3R reduce a frame to 512 pixels and cut it in the middle so that its sides are multiples
/// of 16; other programs scale the whole frame. (A demo that was told to scale instead of cutting makes maps
/// of the same size, which cannot be told apart.)
///
/// throws  Error naming `where` when a map of that size is no picture of the whole frame: its shape is off by
/// more
///         than 2 %
[[nodiscard]] Placement place_map(Size map, Size frame, ForeignProgram program, const std::string& where);

/// Order of the numbers of a quaternion in a text file.
enum class QuaternionOrder { automatic, xyzw, wxyz };

/// Camera-to-world pose of every frame: pred_traj.txt of a folder, text lines of 8 (TUM; MonST3R and Align3R
/// put w first), 12 or 16 numbers (rows of a matrix), an NPY [T, 3..4, 4], or cam_c2w (MegaSaM) or data
/// (ViPE) of an NPZ. Throws Error unless there is one for each frame, finite and with a rotation that is one.
[[nodiscard]] std::vector<SE3> read_foreign_poses(const std::filesystem::path& source, ForeignProgram program,
                                                  QuaternionOrder order, const Clip& clip);

/// Cameras of every frame at the size of the frames: pred_intrinsics.txt of a folder (lines of a 3x3 matrix,
/// at the size of the depth beside it), an intrinsics file of a clip, an NPY [3, 3] or [T, 3, 3], or
/// intrinsic (MegaSaM) or data [T, 4] (ViPE) of an NPZ. A principal point at half the width, which is how
/// networks write the middle of the image, becomes (width - 1) / 2.
///
/// stated_size  of the image that the numbers mean; width 0: that of the depth of the source, else of the
/// frames
[[nodiscard]] std::vector<Intrinsics> read_foreign_intrinsics(const std::filesystem::path& source,
                                                              ForeignProgram program, Size stated_size,
                                                              const Clip& clip);

}  // namespace vd
