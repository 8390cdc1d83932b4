// SPDX-License-Identifier: Apache-2.0
#include "io/colmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "io/bytes.h"
#include "io/text_table.h"

namespace vd {

namespace {

/// How the parameters of a camera model are to be read: one or two focal lengths, the principal point, then
/// lens coefficients in OpenCV's order.
struct ModelInfo {
  const char* name;
  int id;
  int focals;
  int coefficients;
  LensModel lens;
};

const std::array<ModelInfo, 9> models{{{"SIMPLE_PINHOLE", 0, 1, 0, LensModel::none},
                                       {"PINHOLE", 1, 2, 0, LensModel::none},
                                       {"SIMPLE_RADIAL", 2, 1, 1, LensModel::opencv},
                                       {"RADIAL", 3, 1, 2, LensModel::opencv},
                                       {"OPENCV", 4, 2, 4, LensModel::opencv},
                                       {"OPENCV_FISHEYE", 5, 2, 4, LensModel::fisheye},
                                       {"FULL_OPENCV", 6, 2, 8, LensModel::opencv},
                                       {"SIMPLE_RADIAL_FISHEYE", 8, 1, 1, LensModel::fisheye},
                                       {"RADIAL_FISHEYE", 9, 1, 2, LensModel::fisheye}}};

LensCamera camera_of(const ModelInfo& model, const std::vector<double>& values, std::int64_t width,
                     std::int64_t height, const std::string& where) {
  expect_sane_size(where, width, height);
  LensCamera camera;
  Intrinsics& k = camera.intrinsics;
  const auto focals = static_cast<std::size_t>(model.focals);
  k = {values[0],
       values[focals - 1],
       values[focals] - 0.5,
       values[focals + 1] - 0.5,
       static_cast<int>(width),
       static_cast<int>(height)};
  if (!(k.fx > 0 && k.fy > 0) || !std::isfinite(k.fx + k.fy + k.cx + k.cy)) {
    throw Error(where, "the focal lengths must be positive");
  }
  if (model.lens == LensModel::none) return camera;
  std::vector<double> coefficients(values.begin() + model.focals + 2, values.end());
  if (coefficients.size() < 4) coefficients.resize(4);
  camera.lens = make_lens(model.lens, coefficients, where);
  return camera;
}

std::size_t value_count(const ModelInfo& model) {
  return static_cast<std::size_t>(model.focals + 2 + model.coefficients);
}

SE3 pose_of(const std::array<double, 7>& values, const std::string& where) {
  const Quat rotation(values[0], values[1], values[2], values[3]);
  const Vec3 translation(values[4], values[5], values[6]);
  if (!translation.allFinite() || !(std::abs(rotation.norm() - 1) <= 0.1)) {
    throw Error(where, "a pose that is no rigid motion");
  }
  return inverse(SE3{rotation.normalized(), translation});
}

/// A count that the rest of the file can hold.
std::uint64_t count_of(ByteReader& reader, std::size_t least_bytes_each) {
  const std::uint64_t count = reader.u64_little();
  if (count > reader.left() / least_bytes_each) {
    throw Error(reader.where(),
                fmt::format("truncated or damaged: {} entries cannot be in {} bytes", count, reader.left()));
  }
  return count;
}

std::map<std::uint32_t, LensCamera> decode_binary_cameras(std::string_view bytes, const std::string& where) {
  std::map<std::uint32_t, LensCamera> cameras;
  ByteReader reader(bytes, where);
  for (std::uint64_t left = count_of(reader, 48); left > 0; --left) {
    const std::uint32_t id = reader.u32_little();
    const std::int32_t model_id = reader.i32_little();
    const auto model =
        std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.id == model_id; });
    if (model == models.end())
      throw Error(where, fmt::format("camera model {} is not one of OpenCV's", model_id));
    const std::uint64_t width = reader.u64_little(), height = reader.u64_little();
    std::vector<double> values(value_count(*model));
    for (double& value : values) value = reader.f64_little();
    const std::uint64_t largest = 1U << 30;
    cameras[id] = camera_of(*model, values, static_cast<std::int64_t>(std::min(width, largest)),
                            static_cast<std::int64_t>(std::min(height, largest)), where);
  }
  if (reader.left() > 0) throw Error(where, "longer than its count of cameras says: damaged");
  return cameras;
}

std::vector<ColmapImage> decode_binary_images(std::string_view bytes, const std::string& where) {
  std::vector<ColmapImage> images;
  ByteReader reader(bytes, where);
  for (std::uint64_t left = count_of(reader, 73); left > 0; --left) {
    reader.u32_little();
    std::array<double, 7> values;
    for (double& value : values) value = reader.f64_little();
    ColmapImage image;
    image.world_from_camera = pose_of(values, where);
    image.camera = reader.u32_little();
    image.name = reader.until('\0', 4096);
    constexpr std::size_t point_bytes = 24;
    reader.take(static_cast<std::size_t>(count_of(reader, point_bytes)) * point_bytes);
    images.push_back(std::move(image));
  }
  if (reader.left() > 0) throw Error(where, "longer than its count of images says: damaged");
  return images;
}

std::map<std::uint32_t, LensCamera> decode_text_cameras(std::string_view text, const std::string& where) {
  std::map<std::uint32_t, LensCamera> cameras;
  for (const TextRow& row : text_rows(text, where)) {
    if (row.fields.size() < 4) throw Error(row.where, "fewer than the fields CAMERA_ID MODEL WIDTH HEIGHT");
    const auto model =
        std::find_if(models.begin(), models.end(), [&](const auto& m) { return row.fields[1] == m.name; });
    if (model == models.end()) {
      throw Error(row.where,
                  fmt::format("camera model '{}' is not one of OpenCV's", std::string(row.fields[1])));
    }
    if (row.fields.size() != 4 + value_count(*model)) {
      throw Error(row.where, fmt::format("{} parameters, {} has {}", row.fields.size() - 4, model->name,
                                         value_count(*model)));
    }
    std::vector<double> values;
    for (std::size_t k = 4; k < row.fields.size(); ++k) values.push_back(row.number(k));
    const auto id = static_cast<std::uint32_t>(row.integer(0, 0, 0xFFFFFFFFLL));
    cameras[id] =
        camera_of(*model, values, row.integer(2, 1, 1000000), row.integer(3, 1, 1000000), row.where);
  }
  return cameras;
}

/// Two lines an image, of which the second (its points) may be empty and says nothing here.
std::vector<ColmapImage> decode_text_images(std::string_view text, const std::string& where) {
  std::vector<ColmapImage> images;
  bool points_follow = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!points_follow && (line.empty() || line.front() == '#')) continue;
    points_follow = !points_follow;
    if (!points_follow) continue;
    const std::string here = fmt::format("{}:{}", where, number);
    const auto rows = text_rows(line, where);
    if (rows.empty() || rows[0].fields.size() < 10) {
      throw Error(here, "expected IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME");
    }
    const TextRow row{here, rows[0].fields};
    std::array<double, 7> values;
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = row.number(k + 1);
    ColmapImage image;
    image.world_from_camera = pose_of(values, here);
    image.camera = static_cast<std::uint32_t>(row.integer(8, 0, 0xFFFFFFFFLL));
    image.name = line.substr(static_cast<std::size_t>(row.fields[9].data() - line.data()));
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace

bool is_colmap_binary(std::string_view bytes) {
  // Counts are small numbers in 8 bytes: their upper half is 0, which no text has.
  return bytes.size() >= 8 && bytes.substr(4, 4) == std::string_view("\0\0\0\0", 4);
}

std::map<std::uint32_t, LensCamera> decode_colmap_cameras(std::string_view bytes, const std::string& where) {
  auto cameras =
      is_colmap_binary(bytes) ? decode_binary_cameras(bytes, where) : decode_text_cameras(bytes, where);
  if (cameras.empty()) throw Error(where, "no cameras in it");
  return cameras;
}

std::vector<ColmapImage> decode_colmap_images(std::string_view bytes, const std::string& where) {
  auto images =
      is_colmap_binary(bytes) ? decode_binary_images(bytes, where) : decode_text_images(bytes, where);
  if (images.empty()) throw Error(where, "no images in it");
  return images;
}

}  // namespace vd
