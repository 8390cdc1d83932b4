// SPDX-License-Identifier: Apache-2.0
#include "clip/import_tum.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/error.h"
#include "io/bytes.h"
#include "io/image.h"
#include "io/text_table.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr double max_difference_s = 0.02;
constexpr double steps_per_m = 5000;

struct StampedFiles {
  std::vector<double> times_s;
  std::vector<fs::path> files;
};

void add_in_order(StampedFiles& stamped, double time_s, fs::path file, const std::string& where) {
  if (!stamped.times_s.empty() && time_s <= stamped.times_s.back()) {
    throw Error(where, fmt::format("time stamps do not increase after {} s", stamped.times_s.back()));
  }
  stamped.times_s.push_back(time_s);
  stamped.files.push_back(std::move(file));
}

StampedFiles listed_files(const fs::path& folder, const std::string& kind) {
  StampedFiles stamped;
  const fs::path list = folder / (kind + ".txt");
  if (fs::exists(list)) {
    const std::string text = read_file(list);
    for (const TextRow& row : text_rows(text, list.string())) {
      if (row.fields.size() != 2) {
        throw Error(row.where, fmt::format("{} fields, expected time file", row.fields.size()));
      }
      add_in_order(stamped, row.number(0), folder / std::string(row.fields[1]), row.where);
    }
    return stamped;
  }
  if (!fs::is_directory(folder / kind)) return stamped;
  for (const fs::path& file : list_images(folder / kind)) {
    const std::string stem = file.stem().string();
    const TextRow name{file.string(), {stem}};
    add_in_order(stamped, name.number(0), file, file.string());
  }
  return stamped;
}

/// The cameras that the web pages of the benchmark publish for its three sensors ("Intrinsic Camera
/// Calibration of the Kinect", colour), for no file of a sequence says them; the images of the third are
/// rectified. Unknown sensors: the values that the driver assumes. --intrinsics takes their place.
LensCamera published_camera(const std::string& name) {
  const auto lens = [](const std::vector<double>& k) { return make_lens(LensModel::opencv, k, "TUM RGB-D"); };
  if (name.find("freiburg1") != std::string::npos) {
    return {{517.3, 516.5, 318.6, 255.3, 640, 480}, lens({0.2624, -0.9531, -0.0054, 0.0026, 1.1633})};
  }
  if (name.find("freiburg2") != std::string::npos) {
    return {{520.9, 521.0, 325.1, 249.7, 640, 480}, lens({0.2312, -0.7849, -0.0033, -0.0001, 0.9172})};
  }
  if (name.find("freiburg3") != std::string::npos) return {{535.4, 539.2, 320.1, 247.6, 640, 480}, {}};
  return {{525.0, 525.0, 319.5, 239.5, 640, 480}, {}};
}

}  // namespace

Sequence read_tum_layout(const fs::path& folder, const std::string& data_set,
                         const LensCamera& camera_of_640x480) {
  Sequence sequence;
  sequence.data_set = data_set;
  sequence.read_depth = [](const fs::path& file) { return read_png_depth(file, steps_per_m); };
  sequence.camera_files = {folder / "rgb.txt", folder / "depth.txt", folder / "groundtruth.txt"};
  const StampedFiles images = listed_files(folder, "rgb");
  if (images.files.empty()) throw Error(folder.string(), "no frames (rgb.txt, rgb/)");
  const StampedFiles depths = listed_files(folder, "depth");
  std::vector<TimedPose> poses;
  if (fs::exists(folder / "groundtruth.txt")) poses = read_trajectory(folder / "groundtruth.txt");
  std::vector<double> pose_times_s;
  for (const TimedPose& pose : poses) {
    if (!pose_times_s.empty() && pose.time_s < pose_times_s.back()) {
      throw Error((folder / "groundtruth.txt").string(), "time stamps do not increase");
    }
    pose_times_s.push_back(pose.time_s);
  }
  const ImageInfo first = read_image_info(images.files.front());
  for (std::size_t k = 0; k < images.files.size(); ++k) {
    SequenceFrame frame;
    frame.time_s = images.times_s[k];
    frame.image = images.files[k];
    if (const auto depth = nearest_in_time(depths.times_s, frame.time_s, max_difference_s)) {
      frame.depth = depths.files[*depth];
    }
    if (const auto pose = nearest_in_time(pose_times_s, frame.time_s, max_difference_s)) {
      frame.world_from_camera = poses[*pose].world_from_camera;
    }
    frame.camera =
        LensCamera{camera_of_640x480.intrinsics.resized(first.width, first.height), camera_of_640x480.lens};
    sequence.frames.push_back(std::move(frame));
  }
  return sequence;
}

bool is_tum_sequence(const fs::path& folder) {
  return fs::is_directory(folder / "rgb") && fs::exists(folder / "rgb.txt") &&
         (fs::exists(folder / "depth.txt") || fs::exists(folder / "groundtruth.txt"));
}

Sequence open_tum_sequence(const fs::path& folder) {
  return read_tum_layout(folder, "tum", published_camera(folder_name(folder)));
}

}  // namespace vd
