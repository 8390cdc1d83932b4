// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/atomic_file.h"
#include "io/bytes.h"
#include "io/dense.h"
#include "io/dense_channels.h"
#include "io/flo.h"
#include "io/image.h"
#include "io/kitti_png.h"
#include "io/npz.h"
#include "io/pfm.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_extension(const fs::path& path, const char* expected) {
  throw Error(path.string(),
              fmt::format("unknown extension '{}', expected {}", path.extension().string(), expected));
}

template <int C>
NpyArray to_npy(const Map<float, C>& map) {
  std::vector<std::size_t> shape = {static_cast<std::size_t>(map.height()),
                                    static_cast<std::size_t>(map.width())};
  if (C > 1) shape.push_back(C);
  return make_npy(std::move(shape), map.values());
}

Map<std::uint16_t> to_png16(const Map<float>& map, const DenseOptions& options, const fs::path& path) {
  if (!options.stored_per_unit) throw Error(path.string(), "a PNG holds whole numbers: state the scale");
  Map<std::uint16_t> stored(map.width(), map.height());
  for (std::size_t k = 0; k < map.pixels(); ++k) {
    const float value = map.data()[k];
    if (!(value > 0) || std::isinf(value)) continue;
    const double steps = std::round(value * *options.stored_per_unit);
    if (steps > 65535) {
      throw Error(path.string(),
                  fmt::format("{} does not fit 16 bits at {} steps per unit: choose a smaller scale", value,
                              *options.stored_per_unit));
    }
    stored.data()[k] = static_cast<std::uint16_t>(steps);
  }
  return stored;
}

void write_scalar(const fs::path& path, const Map<float>& map, const char* channel,
                  const DenseOptions& options) {
  const std::string extension = path.extension().string();
  if (extension == ".exr")
    write_exr(path, {{"", {{channel, map}}, options.attributes}}, options.exr);
  else if (extension == ".npy")
    write_npy(path, to_npy(map));
  else if (extension == ".pfm")
    write_text(path, encode_pfm(map));
  else if (extension == ".png")
    write_png(path, to_png16(map, options, path));
  else
    fail_extension(path, ".exr, .npy, .pfm or .png");
}

/// Planes with one NaN for all: the sign and payload that arithmetic leaves in a NaN must not reach a file.
template <int C>
void add_planes(const Map<float, C>& map, const std::array<const char*, C>& names, ExrPart& part) {
  std::vector<Map<float>> planes = deinterleave(map);
  for (std::size_t c = 0; c < C; ++c) {
    for (float& value : planes[c].values()) {
      if (std::isnan(value)) value = std::numeric_limits<float>::quiet_NaN();
    }
    part.channels.push_back({names[c], std::move(planes[c])});
  }
}

Map<float, 3> with_confidence(const FlowMap& flow, const ConfidenceMap& confidence) {
  const std::vector<Map<float>> planes = deinterleave(flow);
  return interleave<3>({&planes[0], &planes[1], &confidence});
}

void describe_encoding(DenseOptions& options, OptionTable& table) {
  table
      .choice("--compression", options.exr.codec,
              {{"none", ExrCodec::none},
               {"rle", ExrCodec::rle},
               {"zips", ExrCodec::zips},
               {"zip", ExrCodec::zip},
               {"piz", ExrCodec::piz}},
              "lossless codec of the EXR files")
      .hidden_in_short_help();
  table.flag("--half", options.exr.half, "store EXR values in 16 bits (relative error up to 1/2048)")
      .hidden_in_short_help();
}

}  // namespace

void describe(DenseOptions& options, OptionTable& table) {
  table.choice("--format", options.format, {{"exr", DenseFormat::exr}, {"npy", DenseFormat::npy}},
               "file format of the dense maps");
  describe_encoding(options, table);
}

void describe_flow_output(DenseOptions& options, OptionTable& table) {
  table.choice("--format", options.format,
               {{"exr", DenseFormat::exr},
                {"npy", DenseFormat::npy},
                {"flo", DenseFormat::flo},
                {"kitti", DenseFormat::kitti_png}},
               "file format of the flow; flo and kitti (PNG) hold no confidence");
  describe_encoding(options, table);
}

std::string map_extension(DenseFormat format) {
  switch (format) {
    case DenseFormat::exr:
      return ".exr";
    case DenseFormat::npy:
      return ".npy";
    case DenseFormat::flo:
      return ".flo";
    case DenseFormat::kitti_png:
      return ".png";
  }
  throw Error("", "unknown format of dense maps");
}
std::string point_maps_extension(DenseFormat format) { return format == DenseFormat::exr ? ".exr" : ".npz"; }

void write_depth(const fs::path& path, const DepthMap& depth, const DenseOptions& options) {
  write_scalar(path, depth, "Z", options);
}

void write_inverse(const fs::path& path, const Map<float>& inverse, const DenseOptions& options) {
  write_scalar(path, inverse, "D", options);
}

void write_confidence(const fs::path& path, const ConfidenceMap& confidence, const DenseOptions& options) {
  write_scalar(path, confidence, "conf", options);
}

void write_sigma(const fs::path& path, const Map<float>& sigma, const DenseOptions& options) {
  write_scalar(path, sigma, "sigma", options);
}

void write_mask(const fs::path& path, const MaskMap& mask) { write_png(path, mask); }

void write_flow(const fs::path& path, const FlowMap& flow, const ConfidenceMap& confidence,
                const DenseOptions& options) {
  if (!confidence.empty() && !confidence.same_size(flow)) {
    throw Error(path.string(), "flow and confidence differ in size");
  }
  const std::string extension = path.extension().string();
  if (extension == ".exr") {
    ExrPart part;
    part.attributes = options.attributes;
    add_planes<2>(flow, {"u", "v"}, part);
    if (!confidence.empty()) part.channels.push_back({"conf", confidence});
    write_exr(path, {part}, options.exr);
  } else if (extension == ".npy") {
    write_npy(path, confidence.empty() ? to_npy(flow) : to_npy(with_confidence(flow, confidence)));
  } else if (extension == ".flo") {
    write_text(path, encode_flo(flow));
  } else if (extension == ".png") {
    write_text(path, encode_kitti_flow(flow));
  } else {
    fail_extension(path, ".exr, .npy, .flo or .png");
  }
}

void write_point_maps(const fs::path& path, const PointMapFile& maps, const DenseOptions& options) {
  if (!maps.points_a.same_size(maps.confidence_a) || !maps.points_b.same_size(maps.confidence_b)) {
    throw Error(path.string(), "points and confidence differ in size");
  }
  const std::string extension = path.extension().string();
  if (extension == ".npz") {
    // Not deflated: float points hardly shrink, and an intermediate must not cost more to write than to
    // compute.
    write_npz(path,
              {{"pts_a", to_npy(maps.points_a)},
               {"conf_a", to_npy(maps.confidence_a)},
               {"pts_b", to_npy(maps.points_b)},
               {"conf_b", to_npy(maps.confidence_b)}},
              false);
    return;
  }
  if (extension != ".exr") fail_extension(path, ".exr or .npz");
  std::vector<ExrPart> parts(maps.points_a.same_size(maps.points_b) ? 1 : 2);
  parts.front().attributes = options.attributes;
  if (parts.size() == 2) {
    parts[0].name = "a";
    parts[1].name = "b";
  }
  add_planes<3>(maps.points_a, {"a.X", "a.Y", "a.Z"}, parts.front());
  parts.front().channels.push_back({"a.conf", maps.confidence_a});
  add_planes<3>(maps.points_b, {"b.X", "b.Y", "b.Z"}, parts.back());
  parts.back().channels.push_back({"b.conf", maps.confidence_b});
  write_exr(path, parts, options.exr);
}

}  // namespace vd
