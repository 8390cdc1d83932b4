// SPDX-License-Identifier: Apache-2.0
#include "clip/import_stereo.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>

#include "clip/clip.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "io/bytes.h"
#include "io/dense.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/npy.h"
#include "io/npz.h"
#include "io/pfm.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> key_values(const fs::path& path) {
  std::map<std::string, std::string> values;
  std::istringstream lines(read_text(path, 1 << 20));
  std::string line;
  while (std::getline(lines, line)) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

double number(const std::map<std::string, std::string>& values, const std::string& key,
              const fs::path& path) {
  const auto found = values.find(key);
  double value = 0;
  if (found == values.end() || std::sscanf(found->second.c_str(), "%lf", &value) != 1 ||
      !std::isfinite(value)) {
    throw Error(path.string(), fmt::format("no line '{}=NUMBER'", key));
  }
  return value;
}

Intrinsics camera(const std::map<std::string, std::string>& values, const std::string& key,
                  const fs::path& path) {
  Intrinsics k;
  const auto found = values.find(key);
  if (found == values.end() ||
      std::sscanf(found->second.c_str(), "[%lf 0 %lf; 0 %lf %lf; 0 0 1]", &k.fx, &k.cx, &k.fy, &k.cy) != 4 ||
      !(k.fx > 0) || !(k.fy > 0)) {
    throw Error(path.string(), fmt::format("no line '{}=[f 0 cx; 0 f cy; 0 0 1]'", key));
  }
  k.width = static_cast<int>(number(values, "width", path));
  k.height = static_cast<int>(number(values, "height", path));
  return k;
}

Map<float> map_of(const NpyArray& array, const std::string& where) {
  if (array.shape.size() != 2) throw Error(where, "a disparity map has two dimensions");
  Map<float> map(static_cast<int>(array.shape[1]), static_cast<int>(array.shape[0]));
  map.values() = array.as<float>();
  return map;
}

Map<float> read_disparity(const fs::path& path) {
  if (path.extension() == ".pfm") return decode_pfm(read_file(path), path.string());
  if (path.extension() == ".npy") return map_of(read_npy(path), path.string());
  const NpzReader archive(path);
  if (archive.names().empty()) throw Error(path.string(), "no array inside");
  return map_of(archive.read(archive.names().front()), path.string());
}

DepthMap depth_of(const Map<float>& disparity, const StereoCalibration& calibration) {
  DepthMap depth(disparity.width(), disparity.height());
  for (std::size_t p = 0; p < depth.pixels(); ++p) {
    depth.values()[p] = calibration.depth_m(disparity.values()[p]);
  }
  return depth;
}

void check_size(const RgbImage& image, const fs::path& path, const Intrinsics& camera) {
  if (image.width() == camera.width && image.height() == camera.height) return;
  throw Error(path.string(), fmt::format("is {}x{}, the calibration says {}x{}", image.width(),
                                         image.height(), camera.width, camera.height));
}

}  // namespace

float StereoCalibration::depth_m(float disparity_px) const {
  const double shift_px = disparity_px + disparity_offset_px;
  if (!std::isfinite(disparity_px) || !(shift_px > 0) || disparity_px == 0) return 0;
  return static_cast<float>(baseline_m * left.fx / shift_px);
}

void describe(StereoImportOptions& o, OptionTable& t) {
  t.topic("Pair");
  t.add("--calib", o.calibration, "calib.txt of the pair, as in the Middlebury stereo data sets");
  t.add("--disparity", o.disparity, "true disparity of the left view [px]: .npz, .npy or .pfm");
}

StereoCalibration read_stereo_calibration(const fs::path& path) {
  const auto values = key_values(path);
  StereoCalibration calibration;
  calibration.left = camera(values, "cam0", path);
  calibration.right = camera(values, "cam1", path);
  calibration.baseline_m = number(values, "baseline", path) * 1e-3;
  calibration.disparity_offset_px = number(values, "doffs", path);
  if (!(calibration.baseline_m > 0)) throw Error(path.string(), "the baseline must be positive");
  return calibration;
}

void import_stereo(const fs::path& left, const fs::path& right, const StereoImportOptions& options,
                   const fs::path& folder) {
  const StereoCalibration calibration = read_stereo_calibration(options.calibration);
  const RgbImage images[] = {read_rgb(left), read_rgb(right)};
  check_size(images[0], left, calibration.left);
  check_size(images[1], right, calibration.right);
  for (int frame = 0; frame < 2; ++frame)
    write_png(folder / "rgb" / (frame_stem(frame) + ".png"), images[frame]);
  write_intrinsics(folder / "known" / "intrinsics.txt",
                   std::vector<Intrinsics>{calibration.left, calibration.right});
  SE3 world_from_right;
  world_from_right.translation.x() = calibration.baseline_m;
  write_trajectory(folder / "known" / "traj.txt",
                   std::vector<TimedPose>{{0.0, SE3()}, {1.0, world_from_right}});
  ClipInfo info;
  info.frames = 2;
  info.width = images[0].width();
  info.height = images[0].height();
  info.times_s = {0, 1};
  info.source = left.filename().string() + " " + right.filename().string();
  info.known_unit = "m";
  if (!options.disparity.empty()) {
    write_depth(folder / "gt" / "depth" / (frame_stem(0) + ".exr"),
                depth_of(read_disparity(options.disparity), calibration));
    info.gt_unit = "m";
  }
  Clip::write_info(folder, info);
}

}  // namespace vd
