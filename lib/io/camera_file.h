// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/span.h"
#include "geometry/lens.h"
#include "io/intrinsics.h"

namespace vd {

// Cameras and poses that a user has from elsewhere. The format is told by content; poses are camera to world
// with the axes of vd, pixels have the centre of the first one at (0, 0), whatever the file's own
// conventions.

/// What a frame is called in files made by others.
struct FrameKey {
  int index = 0;  // position among the frames that the file speaks of
  double time_s = 0;
  std::string name;  // of its image file; empty when it came out of a video
};

/// Cameras of a file: one for all frames, by frame index, or by the name of the image.
struct CameraFile {
  std::string where;
  std::optional<LensCamera> shared;
  std::map<int, LensCamera> by_frame;
  std::map<std::string, LensCamera> by_name;  // keys as of image_key()

  /// The frame's own camera, else the shared one; throws Error, naming the frame, when there is none.
  [[nodiscard]] const LensCamera& of(const FrameKey& frame) const;
};

/// vd's own intrinsics, OpenCV's calibration (YAML, JSON), nerfstudio's transforms.json, COLMAP's cameras.txt
/// or .bin or the folder they lie in (with several cameras, the images file beside them says whose they are).
/// A camera of size 0 x 0 is one whose file does not say the size. Throws Error naming the file and the
/// reason.
[[nodiscard]] CameraFile read_camera_file(const std::filesystem::path& path);

/// The same of bytes at hand, for all formats that need no second file.
[[nodiscard]] CameraFile decode_camera_file(std::string_view bytes, const std::string& where);

/// What a pose of a file goes by.
enum class PoseKey { time, name, order };

struct PoseFile {
  std::string where;
  PoseKey key = PoseKey::order;
  std::vector<double> times_s;     // increasing; by time
  std::vector<std::string> names;  // as of image_key(); by name
  std::vector<std::optional<SE3>> world_from_camera;
};

/// TUM (by time), KITTI (3x4 matrices, by order: line k is frame k), COLMAP's images.txt or .bin or the
/// folder they lie in, and nerfstudio's transforms.json (by name). Throws Error naming the file and the
/// reason.
[[nodiscard]] PoseFile read_pose_file(const std::filesystem::path& path);
[[nodiscard]] PoseFile decode_pose_file(std::string_view bytes, const std::string& where);

/// The pose of every frame: by time, the nearest one at most half a frame step away; by name; by order.
/// Throws Error that says how many frames have no pose and names the first of them.
[[nodiscard]] std::vector<SE3> match_poses(const PoseFile& file, Span<const FrameKey> frames);

/// The same, nothing where a frame has no pose. Throws Error when no frame has one.
[[nodiscard]] std::vector<std::optional<SE3>> match_known_poses(const PoseFile& file,
                                                                Span<const FrameKey> frames);

/// What names of images are compared by: without folders and extension.
[[nodiscard]] std::string image_key(const std::string& name);

}  // namespace vd
