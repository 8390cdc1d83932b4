// SPDX-License-Identifier: Apache-2.0
#include "io/flo.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "io/bytes.h"

namespace vd {

namespace {

constexpr float unknown_above = 1e9F;
constexpr float unknown_written = 1e10F;

void append_i32(std::string& bytes, int value) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(static_cast<unsigned>(value) >> shift & 0xFF);
  }
}

}  // namespace

FlowMap decode_flo(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  ByteReader reader(bytes, where);
  if (bytes.substr(0, 4) != "PIEH") throw Error(where, "not a .flo file");
  reader.take(4);
  const int width = reader.i32_little();
  const int height = reader.i32_little();
  expect_sane_size(where, width, height);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * 2 * sizeof(float);
  if (reader.left() / row_bytes < static_cast<std::size_t>(height)) {
    throw Error(where, fmt::format("truncated: {} of {} rows", reader.left() / row_bytes, height));
  }
  FlowMap flow(width, height);
  std::memcpy(flow.data(), reader.take(row_bytes * static_cast<std::size_t>(height)).data(),
              row_bytes * static_cast<std::size_t>(height));
  if (!host_is_little_endian) swap_byte_order(flow.data(), flow.values().size(), sizeof(float));
  for (std::size_t k = 0; k < flow.values().size(); k += 2) {
    float* uv = flow.data() + k;
    if (std::abs(uv[0]) <= unknown_above && std::abs(uv[1]) <= unknown_above) continue;
    uv[0] = uv[1] = std::numeric_limits<float>::quiet_NaN();
  }
  return flow;
}

std::string encode_flo(const FlowMap& flow) {
  std::vector<float> values = flow.values();
  for (std::size_t k = 0; k < values.size(); k += 2) {
    if (!std::isfinite(values[k]) || !std::isfinite(values[k + 1])) {
      values[k] = values[k + 1] = unknown_written;
    }
  }
  if (!host_is_little_endian) swap_byte_order(values.data(), values.size(), sizeof(float));
  std::string bytes = "PIEH";
  append_i32(bytes, flow.width());
  append_i32(bytes, flow.height());
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return bytes;
}

}  // namespace vd
