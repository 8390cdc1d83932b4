// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "clip/import_dataset.h"
#include "core/error.h"
#include "io/image.h"
#include "io/pose_matrix.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr double frames_per_s = 30;
constexpr double steps_per_m = 1000;
constexpr std::uint16_t no_reading = 65535;
// What the data set's authors state for the depth camera, at 640x480; the images are those of another camera
// beside it that was not calibrated.
const Intrinsics stated_camera{585, 585, 320, 240, 640, 480};

const std::string colour_ending = ".color.png";

bool is_colour(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.rfind("frame-", 0) == 0 && name.size() > colour_ending.size() &&
         name.compare(name.size() - colour_ending.size(), colour_ending.size(), colour_ending) == 0;
}

}  // namespace

bool is_seven_scenes_sequence(const fs::path& folder) {
  std::error_code problem;
  const fs::directory_iterator files(folder, problem);
  return !problem &&
         std::any_of(begin(files), end(files), [](const auto& entry) { return is_colour(entry.path()); });
}

Sequence open_seven_scenes_sequence(const fs::path& folder) {
  Sequence sequence;
  sequence.data_set = "7scenes";
  sequence.read_depth = [](const fs::path& file) { return read_png_depth(file, steps_per_m, no_reading); };
  sequence.notes.emplace_back(
      "the true depth is that of a camera beside the one of the frames, not registered to them");
  std::vector<fs::path> files = list_images(folder);
  files.erase(
      std::remove_if(files.begin(), files.end(), [](const fs::path& file) { return !is_colour(file); }),
      files.end());
  if (files.empty()) throw Error(folder.string(), "no frames (frame-000000.color.png)");
  for (std::size_t k = 0; k < files.size(); ++k) {
    const std::string name = files[k].filename().string();
    const std::string stem = name.substr(0, name.size() - colour_ending.size());
    const ImageInfo image = read_image_info(files[k]);
    SequenceFrame frame;
    frame.time_s = static_cast<double>(k) / frames_per_s;
    frame.image = files[k];
    if (fs::exists(folder / (stem + ".depth.png"))) frame.depth = folder / (stem + ".depth.png");
    const fs::path pose_file = folder / (stem + ".pose.txt");
    if (fs::exists(pose_file)) {
      sequence.camera_files.push_back(pose_file);
      frame.world_from_camera = read_pose_matrix(pose_file);
    }
    frame.camera = LensCamera{stated_camera.resized(image.width, image.height), {}};
    sequence.frames.push_back(std::move(frame));
  }
  return sequence;
}

}  // namespace vd
