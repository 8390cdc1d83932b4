// SPDX-License-Identifier: Apache-2.0
#include "io/pose_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "io/bytes.h"
#include "io/text_table.h"

namespace vd {

namespace {

/// NaN for what programs print instead of a number that is none.
double number_or_nan(const TextRow& row, std::size_t k) {
  std::string word(row.fields[k]);
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  word.erase(0, word.find_first_not_of("+-"));
  for (const char* none : {"nan", "nan(ind)", "inf", "infinity"}) {
    if (word == none) return std::numeric_limits<double>::quiet_NaN();
  }
  return row.number(k);
}

void append_numbers(const TextRow& row, std::vector<double>& values) {
  for (std::size_t k = 0; k < row.fields.size(); ++k) values.push_back(number_or_nan(row, k));
}

}  // namespace

std::optional<SE3> pose_from_values(const std::vector<double>& values, const std::string& where) {
  if (values.size() != 12 && values.size() != 16) {
    throw Error(where, fmt::format("{} numbers, expected 12 or 16 of a pose", values.size()));
  }
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
    return {};
  Mat3 rotation;
  Vec3 translation;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      rotation(row, column) = values[static_cast<std::size_t>(4 * row + column)];
    }
    translation[row] = values[static_cast<std::size_t>(4 * row + 3)];
  }
  const double off = (rotation * rotation.transpose() - Mat3::Identity()).cwiseAbs().maxCoeff();
  if (!(off < 0.02) || rotation.determinant() < 0) throw Error(where, "its left part is no rotation");
  if (values.size() == 16 && (std::abs(values[12]) > 1e-6 || std::abs(values[13]) > 1e-6 ||
                              std::abs(values[14]) > 1e-6 || std::abs(values[15] - 1) > 1e-6)) {
    throw Error(where, "its last row is not 0 0 0 1");
  }
  return make_se3(rotation, translation);
}

std::vector<std::optional<SE3>> decode_kitti_poses(std::string_view text, const std::string& where) {
  std::vector<std::optional<SE3>> poses;
  for (const TextRow& row : text_rows(text, where)) {
    if (row.fields.size() != 12) {
      throw Error(row.where, fmt::format("{} fields, expected the 12 of a 3x4 matrix", row.fields.size()));
    }
    std::vector<double> values;
    append_numbers(row, values);
    poses.push_back(pose_from_values(values, row.where));
  }
  return poses;
}

std::vector<std::optional<SE3>> read_kitti_poses(const std::filesystem::path& path) {
  return decode_kitti_poses(read_file(path), path.string());
}

std::optional<SE3> decode_pose_matrix(std::string_view text, const std::string& where) {
  std::vector<double> values;
  for (const TextRow& row : text_rows(text, where)) {
    if (row.fields.size() != 4) {
      throw Error(row.where, fmt::format("{} fields, expected 4 of a row of a pose", row.fields.size()));
    }
    append_numbers(row, values);
  }
  if (values.size() != 16)
    throw Error(where, fmt::format("{} rows, expected 4 of a pose", values.size() / 4));
  return pose_from_values(values, where);
}

std::optional<SE3> read_pose_matrix(const std::filesystem::path& path) {
  return decode_pose_matrix(read_file(path), path.string());
}

}  // namespace vd
