// SPDX-License-Identifier: Apache-2.0
#include "io/sintel.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "io/bytes.h"
#include "io/pose_matrix.h"

namespace vd {

namespace {

ByteReader after_tag(std::string_view bytes, const std::string& where, const char* what) {
  if (bytes.empty()) throw Error(where, "empty file");
  if (bytes.substr(0, 4) != "PIEH") throw Error(where, fmt::format("not a Sintel {} file", what));
  ByteReader reader(bytes, where);
  reader.take(4);
  return reader;
}

}  // namespace

DepthMap decode_dpt(std::string_view bytes, const std::string& where) {
  ByteReader reader = after_tag(bytes, where, "depth (.dpt)");
  const int width = reader.i32_little();
  const int height = reader.i32_little();
  expect_sane_size(where, width, height);
  const std::size_t wanted =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * sizeof(float);
  if (reader.left() < wanted) {
    const std::size_t row_bytes = static_cast<std::size_t>(width) * sizeof(float);
    throw Error(where, fmt::format("truncated: {} of {} rows", reader.left() / row_bytes, height));
  }
  if (reader.left() > wanted) throw Error(where, "longer than its size says: damaged");
  DepthMap depth(width, height);
  std::memcpy(depth.data(), reader.take(wanted).data(), wanted);
  if (!host_is_little_endian) swap_byte_order(depth.data(), depth.values().size(), sizeof(float));
  return depth;
}

DepthMap read_dpt(const std::filesystem::path& path) { return decode_dpt(read_file(path), path.string()); }

SintelCamera decode_sintel_camera(std::string_view bytes, const std::string& where) {
  ByteReader reader = after_tag(bytes, where, "camera (.cam)");
  SintelCamera camera;
  for (int k = 0; k < 9; ++k) camera.intrinsics(k / 3, k % 3) = reader.f64_little();
  std::vector<double> extrinsics;
  for (int k = 0; k < 12; ++k) extrinsics.push_back(reader.f64_little());
  if (!camera.intrinsics.allFinite() || !(camera.intrinsics(0, 0) > 0) || !(camera.intrinsics(1, 1) > 0)) {
    throw Error(where, "no camera: its focal lengths are not positive numbers");
  }
  if (!pose_from_values(extrinsics, where)) throw Error(where, "a pose that is not finite");
  for (int k = 0; k < 12; ++k) camera.extrinsics(k / 4, k % 4) = extrinsics[static_cast<std::size_t>(k)];
  return camera;
}

SintelCamera read_sintel_camera(const std::filesystem::path& path) {
  return decode_sintel_camera(read_file(path), path.string());
}

}  // namespace vd
