// SPDX-License-Identifier: Apache-2.0
#include "io/opencv_calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/bytes.h"
#include "io/json_text.h"
#include "io/text_table.h"

namespace vd {

namespace {

using nlohmann::json;

/// Values of a file by their path in small letters ("camera_matrix.data"), as text.
using Values = std::map<std::string, std::string>;

std::string small(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

void flatten(const json& node, const std::string& path, Values& values) {
  if (node.is_object()) {
    for (const auto& [key, child] : node.items())
      flatten(child, path.empty() ? small(key) : path + "." + small(key), values);
  } else if (node.is_array()) {
    for (const json& child : node) flatten(child, path, values);
  } else {
    values[path] += (node.is_string() ? node.get<std::string>() : node.dump()) + " ";
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The part of YAML that calibrations use: nested mappings by indentation, scalars, lists in brackets over
/// any number of lines, and lists of lines that begin with a dash. Tags (!!opencv-matrix) are skipped.
Values yaml_values(std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) throw Error(where, "not a text file");
  Values values;
  std::vector<std::pair<std::size_t, std::string>> parents;  // indentation and path
  std::string open_list;                                     // path of a list whose bracket is not closed
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find(" #"));
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    std::string_view content = trimmed(line);
    if (!open_list.empty()) {
      values[open_list] += std::string(content) + " ";
      if (content.find(']') != std::string_view::npos) open_list.clear();
      continue;
    }
    if (content.empty() || content.front() == '#' || content.front() == '%' || content.substr(0, 3) == "---")
      continue;
    if (content.front() == '-' && !parents.empty() && content.find(':') == std::string_view::npos) {
      values[parents.back().second] += std::string(trimmed(content.substr(1))) + " ";
      continue;
    }
    const std::size_t colon = content.find(':');
    if (colon == std::string_view::npos) continue;
    while (!parents.empty() && parents.back().first >= indent) parents.pop_back();
    const std::string key = small(std::string(trimmed(content.substr(0, colon))));
    const std::string path = parents.empty() ? key : parents.back().second + "." + key;
    if (path.size() > 500) throw Error(where, "nested too deeply");
    std::string_view value = trimmed(content.substr(colon + 1));
    if (value.substr(0, 2) == "!!") value = trimmed(value.substr(std::min(value.find(' '), value.size())));
    parents.emplace_back(indent, path);
    if (value.empty()) continue;
    values[path] = std::string(value) + " ";
    if (value.front() == '[' && value.find(']') == std::string_view::npos) open_list = path;
  }
  if (!open_list.empty())
    throw Error(where, "truncated: the list of " + one_line(open_list) + " does not end");
  return values;
}

std::optional<std::string> value_of(const Values& values, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const std::string& path : {name + ".data", name}) {
      const auto found = values.find(path);
      if (found != values.end()) return found->second;
    }
  }
  return {};
}

std::vector<double> numbers_of(std::string text, const std::string& where) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '[' || c == ']' || c == '\n'; }, ' ');
  std::vector<double> numbers;
  for (const TextRow& row : text_rows(text, where)) {
    for (std::size_t k = 0; k < row.fields.size(); ++k) {
      std::string word(row.fields[k]);
      if (!word.empty() && word.back() == '.') word += '0';  // FileStorage writes "1."
      numbers.push_back(TextRow{where, {word}}.number(0));
    }
  }
  return numbers;
}

int side_of(const Values& values, const std::vector<std::string>& names, const std::string& where) {
  const auto text = value_of(values, names);
  if (!text) return 0;
  const auto numbers = numbers_of(*text, where);
  if (numbers.size() != 1 || !(numbers[0] >= 1 && numbers[0] <= 1e6))
    throw Error(where, "an impossible image size");
  return static_cast<int>(numbers[0]);
}

const std::vector<std::string> matrix_names = {"camera_matrix", "cameramatrix", "intrinsic_matrix", "k",
                                               "mtx"};

}  // namespace

bool is_opencv_calibration(std::string_view text) {
  const std::string start = small(std::string(text.substr(0, 1 << 16)));
  return start.substr(0, 5) == "%yaml" ||
         std::any_of(matrix_names.begin(), matrix_names.begin() + 3,
                     [&](const std::string& name) { return start.find(name) != std::string::npos; });
}

LensCamera decode_opencv_calibration(std::string_view text, const std::string& where) {
  Values values;
  if (trimmed(text.substr(0, text.find('\n'))).substr(0, 1) == "{") {
    flatten(parse_json(text, where), "", values);
  } else {
    values = yaml_values(text, where);
  }
  const auto matrix_text = value_of(values, matrix_names);
  if (!matrix_text) throw Error(where, "no camera_matrix in it");
  const auto m = numbers_of(*matrix_text, where);
  if (m.size() != 9) throw Error(where, fmt::format("a camera_matrix of {} numbers, expected 9", m.size()));
  if (!(m[0] > 0 && m[4] > 0)) throw Error(where, "the focal lengths must be positive");
  if (m[1] != 0 || m[3] != 0 || m[6] != 0 || m[7] != 0 || m[8] != 1) {
    throw Error(where, "a camera_matrix that is not [fx 0 cx; 0 fy cy; 0 0 1]");
  }
  LensCamera camera;
  camera.intrinsics = {m[0],
                       m[4],
                       m[2],
                       m[5],
                       side_of(values, {"image_width", "imagewidth", "width"}, where),
                       side_of(values, {"image_height", "imageheight", "height"}, where)};
  const auto size = value_of(values, {"image_size", "imagesize"});
  if (size && camera.intrinsics.width == 0) {
    const auto sides = numbers_of(*size, where);
    if (sides.size() != 2 || !(sides[0] >= 1 && sides[1] >= 1 && sides[0] <= 1e6 && sides[1] <= 1e6)) {
      throw Error(where, "an impossible image size");
    }
    camera.intrinsics.width = static_cast<int>(sides[0]);
    camera.intrinsics.height = static_cast<int>(sides[1]);
  }
  const auto coefficients =
      value_of(values, {"distortion_coefficients", "distortioncoefficients", "dist_coeffs", "dist_coeff",
                        "distcoeffs", "distortion", "d", "dist"});
  if (!coefficients) return camera;
  const std::string model =
      small(value_of(values, {"distortion_model", "camera_model", "model"}).value_or(""));
  const std::string flag = value_of(values, {"fisheye_model"}).value_or("0");
  const bool fisheye = model.find("fisheye") != std::string::npos ||
                       model.find("equidistant") != std::string::npos ||
                       flag.find_first_not_of("0 ") != std::string::npos;
  const Lens lens =
      make_lens(fisheye ? LensModel::fisheye : LensModel::opencv, numbers_of(*coefficients, where), where);
  if (lens.bends()) camera.lens = lens;
  return camera;
}

}  // namespace vd
