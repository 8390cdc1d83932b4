// SPDX-License-Identifier: Apache-2.0
#include "stage/check_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "io/bytes.h"
#include "io/dense.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/npz.h"
#include "io/pairs.h"
#include "io/text_table.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

template <typename T, int C>
void expect_size(const fs::path& file, const Map<T, C>& map, MapSize size) {
  if (size.width == 0 || (map.width() == size.width && map.height() == size.height)) return;
  throw Error(file.string(),
              fmt::format("is {}x{}, expected {}x{}", map.width(), map.height(), size.width, size.height));
}

/// How many values break a rule, with the place of the first, as an error.
template <typename Rule>
void expect_values(const fs::path& file, const Map<float>& map, const char* what, const Rule& holds) {
  std::size_t broken = 0;
  std::size_t first = 0;
  for (std::size_t k = 0; k < map.pixels(); ++k) {
    if (holds(map.data()[k])) continue;
    if (broken++ == 0) first = k;
  }
  if (broken == 0) return;
  const auto width = static_cast<std::size_t>(map.width());
  throw Error(file.string(), fmt::format("{} in {} pixels, first {} at x {} y {}", what, broken,
                                         map.data()[first], first % width, first / width));
}

bool is_positive_or_zero(float value) { return value >= 0 && std::isfinite(value); }

void check_scalar(const fs::path& file, MapSize size, const char* channel) {
  const Map<float> map = read_stored_map(file, channel);
  expect_size(file, map, size);
  expect_values(file, map, "NaN, infinity or a negative value", is_positive_or_zero);
}

/// Networks predict negative values too.
void check_inverse(const fs::path& file, MapSize size) {
  const Map<float> map = read_stored_map(file, "D");
  expect_size(file, map, size);
  expect_values(file, map, "NaN or infinity", [](float value) { return std::isfinite(value); });
}

void check_mask(const fs::path& file, MapSize size) { expect_size(file, read_mask(file), size); }
void check_ids(const fs::path& file, MapSize size) { expect_size(file, read_png16(file), size); }

void check_flow(const fs::path& file, MapSize size) {
  const FlowFile stored = read_stored_flow(file);
  expect_size(file, stored.flow, size);
  const auto& values = stored.flow.values();
  if (std::any_of(values.begin(), values.end(), [](float v) { return std::isinf(v); })) {
    throw Error(file.string(), "infinite flow; unknown flow is NaN");
  }
  if (stored.confidence.empty()) return;
  expect_size(file, stored.confidence, {stored.flow.width(), stored.flow.height()});
  expect_values(file, stored.confidence, "confidence outside [0, 1]",
                [](float value) { return value >= 0 && value <= 1; });
}

void check_view(const fs::path& file, const PointMap& points, const ConfidenceMap& confidence) {
  expect_values(file, confidence, "NaN, infinity or a negative confidence", is_positive_or_zero);
  for (std::size_t k = 0; k < points.pixels(); ++k) {
    const float* point = points.data() + 3 * k;
    if (confidence.data()[k] > 0 &&
        !std::all_of(point, point + 3, [](float v) { return std::isfinite(v); })) {
      throw Error(file.string(), "a point that is not finite has a confidence above 0");
    }
  }
}

void check_point_maps(const fs::path& file, MapSize) {
  const PointMapFile maps = read_stored_point_maps(file);
  check_view(file, maps.points_a, maps.confidence_a);
  check_view(file, maps.points_b, maps.confidence_b);
}

using Shape = std::vector<std::size_t>;

/// An array of an archive, or nothing when it is not there; its shape must be the given one.
std::vector<float> read_array(const NpzReader& archive, const fs::path& file, const std::string& name,
                              const Shape& shape) {
  if (!archive.has(name)) return {};
  const NpyArray array = archive.read(name);
  if (array.shape != shape) {
    throw Error(file.string(), fmt::format("{} is [{}], expected [{}]", name, fmt::join(array.shape, ", "),
                                           fmt::join(shape, ", ")));
  }
  return array.as<float>();
}

void expect_finite(const fs::path& file, const std::string& name, const std::vector<float>& values) {
  if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) return;
  throw Error(file.string(), name + " has NaN or infinity");
}

/// Values of `channels` a point must be finite wherever the point is visible.
void expect_finite_where_visible(const fs::path& file, const std::string& name,
                                 const std::vector<float>& values, const std::vector<float>& visible,
                                 std::size_t channels) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (visible[k / channels] == 0 || std::isfinite(values[k])) continue;
    throw Error(file.string(), name + " is not finite where a point is visible");
  }
}

}  // namespace

void check_frame(const fs::path& file, const Clip& clip) {
  expect_size(file, read_rgb(file), {clip.info().width, clip.info().height});
}

bool is_pair_kind(const std::string& kind) { return kind == "flow" || kind == "pointmap"; }

CheckMap map_check(const std::string& kind) {
  const auto scalar = [](const char* channel) {
    return [channel](const fs::path& file, MapSize size) { check_scalar(file, size, channel); };
  };
  if (kind == "depth") return scalar("Z");
  if (kind == "conf") return scalar("conf");
  if (kind == "sigma") return scalar("sigma");
  if (kind == "inverse") return check_inverse;
  if (kind == "masks" || kind == "unknown") return check_mask;
  if (kind == "ids") return check_ids;
  if (kind == "flow") return check_flow;
  if (kind == "pointmap") return check_point_maps;
  return {};
}

void check_trajectory(const fs::path& file, const Clip& clip, bool one_a_frame) {
  const std::string text = read_file(file);
  const auto poses = decode_trajectory(text, file.string());
  for (const TextRow& row : text_rows(text, file.string())) {
    double squares = 0;
    for (std::size_t k = 4; k < 8; ++k) squares += row.number(k) * row.number(k);
    if (std::abs(squares - 1) > 2e-3) {
      throw Error(row.where, fmt::format("quaternion of norm {:.4f} is no rotation", std::sqrt(squares)));
    }
  }
  for (std::size_t k = 1; k < poses.size(); ++k) {
    if (poses[k].time_s <= poses[k - 1].time_s) {
      throw Error(file.string(), fmt::format("times do not increase after {} s", poses[k - 1].time_s));
    }
  }
  if (one_a_frame && poses.size() != static_cast<std::size_t>(clip.frame_count())) {
    throw Error(file.string(), fmt::format("{} poses for {} frames", poses.size(), clip.frame_count()));
  }
}

void check_intrinsics(const fs::path& file, const Clip& clip) {
  const IntrinsicsTable table = read_intrinsics(file);
  if (!table.by_frame.empty() && table.by_frame.rbegin()->first >= clip.frame_count()) {
    throw Error(file.string(), fmt::format("a camera of frame {}, the clip has {} frames",
                                           table.by_frame.rbegin()->first, clip.frame_count()));
  }
  for (const Intrinsics& camera : table.for_frames(clip.frame_count())) {
    const double shape = static_cast<double>(camera.width) * clip.info().height /
                         (static_cast<double>(camera.height) * clip.info().width);
    if (std::abs(shape - 1) <= 0.02) continue;
    throw Error(file.string(), fmt::format("stated for {}x{}, the frames are {}x{}", camera.width,
                                           camera.height, clip.info().width, clip.info().height));
  }
}

void check_pairs(const fs::path& file, const Clip& clip) {
  for (const auto& [i, j] : read_pairs(file)) {
    if (std::max(i, j) < clip.frame_count()) continue;
    throw Error(file.string(), fmt::format("pair {} {} names a frame that the clip does not have ({} frames)",
                                           i, j, clip.frame_count()));
  }
}

void check_tracks(const fs::path& file, const Clip& clip) {
  const NpzReader archive(file);
  const NpyArray xy = archive.read("xy");
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  if (xy.shape.size() != 3 || xy.shape[2] != 2 || xy.shape[0] != frames) {
    throw Error(file.string(),
                fmt::format("xy is [{}], expected [{}, N, 2]", fmt::join(xy.shape, ", "), frames));
  }
  const std::size_t points = xy.shape[1];
  if (!archive.has("vis")) throw Error(file.string(), "no array vis");
  const auto visible = read_array(archive, file, "vis", {frames, points});
  expect_finite_where_visible(file, "xy", xy.as<float>(), visible, 2);
  expect_finite_where_visible(file, "xyz", read_array(archive, file, "xyz", {frames, points, 3}), visible, 3);
  expect_finite(file, "conf", read_array(archive, file, "conf", {frames, points}));
  (void)read_array(archive, file, "dynamic", {points});
  (void)read_array(archive, file, "rgb", {points, 3});
  for (const float first : read_array(archive, file, "first_frame", {points})) {
    if (first < static_cast<float>(frames)) continue;
    throw Error(file.string(), fmt::format("first_frame {} is not in the clip ({} frames)", first, frames));
  }
}

void check_cloud(const fs::path& file, const Clip& clip) {
  const NpzReader archive(file);
  if (archive.has("xyz")) {
    const NpyArray xyz = archive.read("xyz");
    if (xyz.shape.size() != 2 || xyz.shape[1] != 3) throw Error(file.string(), "xyz is not [N, 3]");
    expect_finite(file, "xyz", xyz.as<float>());
    expect_finite(file, "rms_px", read_array(archive, file, "rms_px", {xyz.shape[0]}));
  }
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  const auto range = read_array(archive, file, "depth_range", {frames, 2});
  for (std::size_t k = 0; k + 1 < range.size(); k += 2) {
    if (std::isfinite(range[k + 1]) && range[k] >= 0 && range[k] <= range[k + 1]) continue;
    throw Error(file.string(),
                fmt::format("depth range {} to {} of frame {}", range[k], range[k + 1], k / 2));
  }
}

void check_json(const fs::path& file) {
  if (!nlohmann::json::parse(read_text(file), nullptr, false).is_object()) {
    throw Error(file.string(), "damaged: not a JSON object");
  }
}

}  // namespace vd
