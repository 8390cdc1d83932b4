// SPDX-License-Identifier: Apache-2.0
#include "io/nerfstudio.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/bytes.h"
#include "io/json_text.h"
#include "io/pose_matrix.h"

namespace vd {

namespace {

using nlohmann::json;

double number(const json& object, const char* key, double otherwise, const std::string& where) {
  if (!object.contains(key)) return otherwise;
  if (!object[key].is_number()) throw Error(where, fmt::format("'{}' is no number", key));
  const double value = object[key].get<double>();
  if (!std::isfinite(value) || std::abs(value) > 1e9)
    throw Error(where, fmt::format("'{}' is out of range", key));
  return value;
}

Lens lens_of(const json& object, const std::string& where) {
  const auto k = [&](const char* key) { return number(object, key, 0, where); };
  std::string model = "OPENCV";
  if (object.contains("camera_model") && object["camera_model"].is_string()) model = object["camera_model"];
  if (model == "PINHOLE" || model == "SIMPLE_PINHOLE") return {};
  if (model == "OPENCV_FISHEYE")
    return make_lens(LensModel::fisheye, {k("k1"), k("k2"), k("k3"), k("k4")}, where);
  if (model != "OPENCV")
    throw Error(where, fmt::format("camera model '{}' is not one of OpenCV's", one_line(model)));
  Lens lens =
      make_lens(LensModel::opencv, {k("k1"), k("k2"), k("p1"), k("p2"), k("k3"), k("k4"), 0, 0}, where);
  if (!lens.bends()) lens.model = LensModel::none;
  return lens;
}

/// What a frame says itself wins over what the file says for all.
std::optional<LensCamera> camera_of(const json& file, const json& frame, const std::string& where) {
  json object = file;
  object.erase("frames");
  object.update(frame);
  const double width = number(object, "w", 0, where), height = number(object, "h", 0, where);
  if (!object.contains("fl_x") && !object.contains("camera_angle_x")) return {};
  if (!(width >= 1 && height >= 1)) throw Error(where, "no size of the images (w, h)");
  expect_sane_size(where, static_cast<std::int64_t>(width), static_cast<std::int64_t>(height));
  const double angle = number(object, "camera_angle_x", 0, where);
  const double from_angle = angle > 0 && angle < 3.14 ? 0.5 * width / std::tan(0.5 * angle) : 0;
  LensCamera camera;
  Intrinsics& k = camera.intrinsics;
  k.width = static_cast<int>(width);
  k.height = static_cast<int>(height);
  k.fx = number(object, "fl_x", from_angle, where);
  k.fy = number(object, "fl_y", k.fx, where);
  k.cx = number(object, "cx", 0.5 * width, where) - 0.5;
  k.cy = number(object, "cy", 0.5 * height, where) - 0.5;
  if (!(k.fx > 0 && k.fy > 0)) throw Error(where, "the focal lengths must be positive");
  camera.lens = lens_of(object, where);
  return camera;
}

std::optional<SE3> pose_of(const json& frame, const std::string& where) {
  if (!frame.contains("transform_matrix")) return {};
  const json& matrix = frame["transform_matrix"];
  std::vector<double> values;
  for (const json& row : matrix.is_array() ? matrix : json::array()) {
    for (const json& value : row.is_array() ? row : json::array()) {
      if (!value.is_number()) throw Error(where, "a transform_matrix that is no matrix of numbers");
      values.push_back(value.get<double>());
    }
  }
  const auto pose = pose_from_values(values, where);
  if (!pose) throw Error(where, "a transform_matrix that is not finite");
  const SE3 opengl_from_opencv{Quat(0, 1, 0, 0), Vec3::Zero()};  // half a turn about x
  return *pose * opengl_from_opencv;
}

}  // namespace

NerfstudioScene decode_nerfstudio(std::string_view text, const std::string& where) {
  const json file = parse_json(text, where);
  if (!file.is_object()) throw Error(where, "not a transforms.json: no object");
  NerfstudioScene scene;
  scene.shared = camera_of(file, json::object(), where);
  if (file.contains("frames")) {
    if (!file["frames"].is_array()) throw Error(where, "'frames' is no list");
    for (const json& frame : file["frames"]) {
      const std::string here = fmt::format("{}: frame {}", where, scene.frames.size());
      if (!frame.is_object() || !frame.contains("file_path") || !frame["file_path"].is_string()) {
        throw Error(here, "no file_path");
      }
      scene.frames.push_back({frame["file_path"], camera_of(file, frame, here), pose_of(frame, here)});
    }
  }
  if (!scene.shared && scene.frames.empty())
    throw Error(where, "not a transforms.json: neither fl_x nor frames");
  return scene;
}

}  // namespace vd
