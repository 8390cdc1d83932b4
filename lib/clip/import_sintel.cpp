// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "clip/import_dataset.h"
#include "core/error.h"
#include "io/image.h"
#include "io/sintel.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr double frames_per_s = 24;
// Sky is stored as a depth of about 1e8: no surface, so unknown.
constexpr float sky_above_m = 1e6F;

/// training/ of training/PASS/NAME.
fs::path root_of(const fs::path& folder) { return fs::canonical(folder).parent_path().parent_path(); }

DepthMap read_sintel_depth(const fs::path& file) {
  DepthMap depth = read_dpt(file);
  for (float& value : depth.values()) {
    if (!(value > 0) || !(value < sky_above_m)) value = 0;
  }
  return depth;
}

fs::path when_there(const fs::path& file) { return fs::exists(file) ? file : fs::path(); }

}  // namespace

bool is_sintel_sequence(const fs::path& folder) {
  std::error_code problem;
  const fs::path whole = fs::canonical(folder, problem);
  if (problem) return false;
  const std::string pass = whole.parent_path().filename().string();
  if (pass != "clean" && pass != "final" && pass != "albedo") return false;
  const fs::path root = root_of(folder);
  const std::string name = whole.filename().string();
  return fs::is_directory(root / "camdata_left" / name) || fs::is_directory(root / "depth" / name) ||
         fs::is_directory(root / "flow" / name);
}

Sequence open_sintel_sequence(const fs::path& folder) {
  const fs::path root = root_of(folder);
  const std::string name = folder_name(folder);
  Sequence sequence;
  sequence.data_set = "sintel";
  sequence.read_depth = read_sintel_depth;
  const auto files = list_images(folder);
  for (std::size_t k = 0; k < files.size(); ++k) {
    const std::string stem = files[k].stem().string();
    SequenceFrame frame;
    frame.time_s = static_cast<double>(k) / frames_per_s;
    frame.image = files[k];
    frame.depth = when_there(root / "depth" / name / (stem + ".dpt"));
    frame.flow_to_next = when_there(root / "flow" / name / (stem + ".flo"));
    frame.hidden_in_next = when_there(root / "occlusions" / name / (stem + ".png"));
    const fs::path camera_file = root / "camdata_left" / name / (stem + ".cam");
    if (fs::exists(camera_file)) {
      sequence.camera_files.push_back(camera_file);
      const SintelCamera camera = read_sintel_camera(camera_file);
      const ImageInfo image = read_image_info(files[k]);
      const Mat3& m = camera.intrinsics;
      frame.camera = LensCamera{{m(0, 0), m(1, 1), m(0, 2), m(1, 2), image.width, image.height}, {}};
      frame.world_from_camera = inverse(camera.camera_from_world());
    }
    sequence.frames.push_back(std::move(frame));
  }
  return sequence;
}

}  // namespace vd
