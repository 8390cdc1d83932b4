// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "clip/import_dataset.h"
#include "core/error.h"
#include "io/bytes.h"
#include "io/image.h"
#include "io/pose_matrix.h"
#include "io/text_table.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// A rectified camera: P = K [I | t], with t the place of camera 0 seen from this one.
struct RectifiedCamera {
  Intrinsics intrinsics;
  SE3 camera_from_camera0;
};

RectifiedCamera read_calibration(const fs::path& file, int camera, int width, int height) {
  const std::string text = read_file(file);
  const std::string label = fmt::format("P{}:", camera);
  for (const TextRow& row : text_rows(text, file.string())) {
    if (row.fields[0] != label) continue;
    if (row.fields.size() != 13)
      throw Error(row.where, fmt::format("{} fields, expected {} and 12 numbers", row.fields.size(), label));
    const auto p = [&](int r, int c) { return row.number(static_cast<std::size_t>(1 + 4 * r + c)); };
    RectifiedCamera rectified;
    rectified.intrinsics = {p(0, 0), p(1, 1), p(0, 2), p(1, 2), width, height};
    if (!(p(0, 0) > 0) || !(p(1, 1) > 0) || p(2, 2) != 1)
      throw Error(row.where, "no projection of a rectified camera");
    const double z = p(2, 3);
    rectified.camera_from_camera0.translation =
        Vec3((p(0, 3) - p(0, 2) * z) / p(0, 0), (p(1, 3) - p(1, 2) * z) / p(1, 1), z);
    return rectified;
  }
  throw Error(file.string(), fmt::format("no line '{}'", label));
}

std::vector<double> read_times(const fs::path& file) {
  std::vector<double> times_s;
  const std::string text = read_file(file);
  for (const TextRow& row : text_rows(text, file.string())) {
    if (row.fields.size() != 1) throw Error(row.where, "expected one time");
    times_s.push_back(row.number(0));
  }
  return times_s;
}

/// Poses lie beside the folder of sequences, and only for those whose truth is public.
fs::path pose_file(const fs::path& folder) {
  const fs::path whole = fs::canonical(folder);
  return whole.parent_path().parent_path() / "poses" / (whole.filename().string() + ".txt");
}

int camera_of(const fs::path& folder) {
  for (const int camera : {2, 0, 3, 1}) {
    if (fs::is_directory(folder / fmt::format("image_{}", camera))) return camera;
  }
  throw Error(folder.string(), "no frames (image_2/ or image_0/)");
}

}  // namespace

bool is_kitti_sequence(const fs::path& folder) {
  return fs::exists(folder / "calib.txt") && fs::exists(folder / "times.txt") &&
         (fs::is_directory(folder / "image_2") || fs::is_directory(folder / "image_0"));
}

// The poses are those of camera 0 (left, grey). Those of the camera whose images are taken (2, left, colour,
// where it is there) are found through the calibration; the world stays that of camera 0 in the first frame.
Sequence open_kitti_sequence(const fs::path& folder) {
  Sequence sequence;
  sequence.data_set = "kitti";
  const int camera = camera_of(folder);
  const auto files = list_images(folder / fmt::format("image_{}", camera));
  const ImageInfo first = read_image_info(files.front());
  const RectifiedCamera rectified = read_calibration(folder / "calib.txt", camera, first.width, first.height);
  const auto times_s = read_times(folder / "times.txt");
  const fs::path poses_file = pose_file(folder);
  std::vector<std::optional<SE3>> poses;
  if (fs::exists(poses_file)) poses = read_kitti_poses(poses_file);
  sequence.camera_files = {folder / "calib.txt", folder / "times.txt", poses_file};
  if (times_s.size() != files.size()) {
    throw Error((folder / "times.txt").string(),
                fmt::format("{} times for {} frames", times_s.size(), files.size()));
  }
  if (!poses.empty() && poses.size() != files.size()) {
    throw Error(poses_file.string(), fmt::format("{} poses for {} frames", poses.size(), files.size()));
  }
  for (std::size_t k = 0; k < files.size(); ++k) {
    SequenceFrame frame;
    frame.time_s = times_s[k];
    frame.image = files[k];
    frame.camera = LensCamera{rectified.intrinsics, {}};
    if (!poses.empty() && poses[k])
      frame.world_from_camera = *poses[k] * inverse(rectified.camera_from_camera0);
    sequence.frames.push_back(std::move(frame));
  }
  return sequence;
}

}  // namespace vd
