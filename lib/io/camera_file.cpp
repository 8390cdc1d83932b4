// SPDX-License-Identifier: Apache-2.0
#include "io/camera_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "io/bytes.h"
#include "io/colmap.h"
#include "io/json_text.h"
#include "io/nerfstudio.h"
#include "io/opencv_calibration.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 30;

char first_letter(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first == std::string_view::npos ? '\0' : text[first];
}

CameraFile from_colmap(const std::map<std::uint32_t, LensCamera>& cameras, const std::string& where) {
  CameraFile file;
  file.where = where;
  if (cameras.size() > 1) {
    throw Error(where, fmt::format("{} cameras, and no images file beside it that says whose they are",
                                   cameras.size()));
  }
  file.shared = cameras.begin()->second;
  return file;
}

void add_name(CameraFile& file, const std::string& name, const LensCamera& camera) {
  if (!file.by_name.emplace(image_key(name), camera).second) {
    throw Error(file.where, fmt::format("two images named '{}'", one_line(name)));
  }
}

/// cameras.txt beside images.txt, or the same in binary.
CameraFile read_colmap_cameras(const fs::path& path) {
  const auto cameras = decode_colmap_cameras(read_file(path, largest_file), path.string());
  const fs::path images_path = path.parent_path() / ("images" + path.extension().string());
  if (cameras.size() == 1 || !fs::exists(images_path)) return from_colmap(cameras, path.string());
  CameraFile file;
  file.where = path.string();
  for (const ColmapImage& image :
       decode_colmap_images(read_file(images_path, largest_file), images_path.string())) {
    const auto camera = cameras.find(image.camera);
    if (camera == cameras.end()) {
      throw Error(images_path.string(),
                  fmt::format("image '{}' has camera {}, which {} lacks", one_line(image.name), image.camera,
                              path.filename().string()));
    }
    add_name(file, image.name, camera->second);
  }
  return file;
}

CameraFile from_nerfstudio(std::string_view text, const std::string& where) {
  CameraFile file;
  file.where = where;
  NerfstudioScene scene = decode_nerfstudio(text, where);
  file.shared = scene.shared;
  if (!scene.shared) {
    for (const NerfstudioFrame& frame : scene.frames) {
      if (frame.camera) add_name(file, frame.name, *frame.camera);
    }
  }
  if (!file.shared && file.by_name.empty()) throw Error(where, "no focal lengths in it");
  return file;
}

CameraFile from_table(const IntrinsicsTable& table) {
  CameraFile file;
  file.where = table.where;
  if (table.shared) file.shared = LensCamera{*table.shared, {}};
  for (const auto& [frame, camera] : table.by_frame) file.by_frame[frame] = LensCamera{camera, {}};
  return file;
}

/// The file of a model's folder that holds what is asked for.
fs::path file_in(const fs::path& path, const std::string& kind) {
  if (!fs::is_directory(path)) return path;
  for (const fs::path& candidate :
       {path / (kind + ".bin"), path / (kind + ".txt"), path / "transforms.json"}) {
    if (fs::exists(candidate)) return candidate;
  }
  throw Error(path.string(), fmt::format("a folder without {0}.bin, {0}.txt or transforms.json", kind));
}

}  // namespace

std::string image_key(const std::string& name) { return fs::path(name).stem().string(); }

const LensCamera& CameraFile::of(const FrameKey& frame) const {
  const auto own = by_frame.find(frame.index);
  if (own != by_frame.end()) return own->second;
  const auto named = by_name.find(image_key(frame.name));
  if (named != by_name.end()) return named->second;
  if (!shared) {
    throw Error(where, by_name.empty()
                           ? fmt::format("no intrinsics for frame {}", frame.index)
                           : fmt::format("no camera of the image '{}' (frame {})", frame.name, frame.index));
  }
  return *shared;
}

CameraFile decode_camera_file(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  if (is_colmap_binary(bytes)) return from_colmap(decode_colmap_cameras(bytes, where), where);
  if (is_opencv_calibration(bytes)) {
    CameraFile file;
    file.where = where;
    file.shared = decode_opencv_calibration(bytes, where);
    return file;
  }
  if (first_letter(bytes) == '{') return from_nerfstudio(bytes, where);
  for (const char* model : {"PINHOLE", "RADIAL", "OPENCV", "FISHEYE", "FOV"}) {
    if (bytes.substr(0, 1 << 16).find(model) != std::string_view::npos) {
      return from_colmap(decode_colmap_cameras(bytes, where), where);
    }
  }
  return from_table(decode_intrinsics(bytes, where));
}

CameraFile read_camera_file(const fs::path& path) {
  const fs::path file = file_in(path, "cameras");
  if (file.filename() == "cameras.txt" || file.filename() == "cameras.bin") return read_colmap_cameras(file);
  return decode_camera_file(read_file(file, largest_file), file.string());
}

}  // namespace vd
