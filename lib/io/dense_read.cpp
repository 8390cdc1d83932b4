// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

enum class Content { exr, npy, zip, png, flo, pfm, unknown };

Content content_of(std::string_view bytes) {
  const auto starts = [&](std::string_view magic) { return bytes.substr(0, magic.size()) == magic; };
  if (starts("\x76\x2f\x31\x01")) return Content::exr;
  if (starts("\x93NUMPY")) return Content::npy;
  if (starts("PK")) return Content::zip;
  if (starts("\x89PNG")) return Content::png;
  if (starts("PIEH")) return Content::flo;
  if (starts("Pf") || starts("PF")) return Content::pfm;
  return Content::unknown;
}

[[noreturn]] void fail_unknown(std::string_view bytes, const std::string& where, const char* expected) {
  throw Error(where, bytes.empty() ? "empty file" : fmt::format("unknown format, expected {}", expected));
}

std::string names_of(const std::vector<ExrPart>& parts) {
  std::string names;
  for (const ExrPart& part : parts) {
    for (const ExrChannel& channel : part.channels) names += " " + channel.name;
  }
  return names;
}

/// Rows, columns and channels of an array; dimensions of 1 may lead or follow those of a map.
template <int C>
Map<float, C> map_from_npy(const NpyArray& array, const std::string& where) {
  std::vector<std::size_t> shape = array.shape;
  if (C == 1 && shape.size() == 3 && shape[2] == 1) shape.pop_back();
  if (C == 1 && shape.size() == 3 && shape[0] == 1) shape.erase(shape.begin());
  if (C > 1 && shape.size() == 3 && shape[2] == C) shape.pop_back();
  if (shape.size() != 2) {
    throw Error(where, fmt::format("array of {} dimensions, expected height x width{}", array.shape.size(),
                                   C == 1 ? "" : fmt::format(" x {}", C)));
  }
  constexpr std::size_t max_side = 1000000;
  if (shape[0] == 0 || shape[1] == 0 || shape[0] > max_side || shape[1] > max_side) {
    throw Error(where, fmt::format("impossible size {} x {}", shape[1], shape[0]));
  }
  Map<float, C> map(static_cast<int>(shape[1]), static_cast<int>(shape[0]));
  if (array.size() != map.values().size()) throw Error(where, "array of unexpected shape");
  map.values() = array.as<float>();
  return map;
}

Map<float> map_from_exr(std::vector<ExrPart> parts, const std::string& channel, const std::string& where) {
  for (ExrPart& part : parts) {
    for (ExrChannel& candidate : part.channels) {
      const bool only = parts.size() == 1 && part.channels.size() == 1;
      if (candidate.name == channel || only) return std::move(candidate.values);
    }
  }
  throw Error(where, fmt::format("no channel {} among:{}", channel, names_of(parts)));
}

Map<float> map_from_png(std::string_view bytes, const std::string& where,
                        const StoredScale& stored_per_unit) {
  if (!stored_per_unit) {
    throw Error(where, "a PNG holds whole numbers: state the scale, stored values per unit");
  }
  const Map<std::uint16_t> stored = decode_png16(bytes, where);
  Map<float> map(stored.width(), stored.height());
  std::copy(stored.values().begin(), stored.values().end(), map.values().begin());
  return map;
}

Map<float> read_scalar(const fs::path& path, const char* channel, const StoredScale& stored_per_unit) {
  const std::string where = path.string();
  if (stored_per_unit && !(*stored_per_unit > 0)) throw Error(where, "the scale must be positive");
  const std::string bytes = read_file(path);
  Map<float> map;
  switch (content_of(bytes)) {
    case Content::exr:
      map = map_from_exr(decode_exr(bytes, where), channel, where);
      break;
    case Content::npy:
      map = map_from_npy<1>(decode_npy(bytes, where), where);
      break;
    case Content::pfm:
      map = decode_pfm(bytes, where);
      break;
    case Content::png:
      map = map_from_png(bytes, where, stored_per_unit);
      break;
    default:
      fail_unknown(bytes, where, "EXR, NPY, PFM or PNG");
  }
  // Divided in double: 16-bit values then land on the float nearest to the decimal they stand for.
  const double divisor = stored_per_unit.value_or(1.0);
  if (divisor != 1.0) {
    for (float& value : map.values()) value = static_cast<float>(value / divisor);
  }
  return map;
}

void clear_unless_positive(Map<float>& map) {
  for (float& value : map.values()) {
    if (!(value > 0) || std::isinf(value)) value = 0;
  }
}

/// NaN in all components where one is not finite, and confidence 0 there. confidence may be empty.
template <int C>
void unify_unknown(Map<float, C>& map, Map<float>& confidence) {
  if (!confidence.empty()) clear_unless_positive(confidence);
  for (std::size_t k = 0; k < map.pixels(); ++k) {
    float* value = map.data() + k * C;
    if (std::all_of(value, value + C, [](float v) { return std::isfinite(v); })) continue;
    std::fill(value, value + C, std::numeric_limits<float>::quiet_NaN());
    if (!confidence.empty()) confidence.values()[k] = 0;
  }
}

FlowFile flow_from_exr(const std::vector<ExrPart>& parts, const std::string& where) {
  const ExrPart& part = parts.at(0);
  const Map<float>* u = part.find("u");
  const Map<float>* v = part.find("v");
  if (u == nullptr || v == nullptr) throw Error(where, "no channels u and v among:" + names_of(parts));
  FlowFile file{interleave<2>({u, v}), {}};
  if (const Map<float>* confidence = part.find("conf")) file.confidence = *confidence;
  return file;
}

FlowFile flow_from_npy(const NpyArray& array, const std::string& where) {
  if (array.shape.size() != 3 || array.shape[2] != 3) return {map_from_npy<2>(array, where), {}};
  const Map<float, 3> stored = map_from_npy<3>(array, where);
  const std::vector<Map<float>> planes = deinterleave(stored);
  return {interleave<2>({&planes[0], &planes[1]}), planes[2]};
}

FlowMap flow_from_pfm(std::string_view bytes, const std::string& where) {
  const std::vector<Map<float>> planes = deinterleave(decode_pfm_colour(bytes, where));
  return interleave<2>({&planes[0], &planes[1]});
}

/// Channel "a.X" of any part, or channel "X" of the part "a".
const Map<float>& view_channel(const std::vector<ExrPart>& parts, const std::string& view, const char* name,
                               const std::string& where) {
  for (const ExrPart& part : parts) {
    if (const Map<float>* found = part.find(view + "." + name)) return *found;
    if (part.name != view) continue;
    if (const Map<float>* found = part.find(name)) return *found;
  }
  throw Error(where, fmt::format("no channel {}.{} among:{}", view, name, names_of(parts)));
}

PointMap view_points(const std::vector<ExrPart>& parts, const std::string& view, const std::string& where) {
  const Map<float>& x = view_channel(parts, view, "X", where);
  const Map<float>& y = view_channel(parts, view, "Y", where);
  const Map<float>& z = view_channel(parts, view, "Z", where);
  if (!x.same_size(y) || !x.same_size(z)) {
    throw Error(where, "the channels of view " + view + " differ in size");
  }
  return interleave<3>({&x, &y, &z});
}

PointMapFile decode_point_maps(std::string bytes, const std::string& where) {
  if (content_of(bytes) == Content::exr) {
    const std::vector<ExrPart> parts = decode_exr(bytes, where);
    return {view_points(parts, "a", where), view_channel(parts, "a", "conf", where),
            view_points(parts, "b", where), view_channel(parts, "b", "conf", where)};
  }
  if (content_of(bytes) != Content::zip) fail_unknown(bytes, where, "EXR or NPZ");
  const NpzReader npz(std::move(bytes), where);
  return {map_from_npy<3>(npz.read("pts_a"), where), map_from_npy<1>(npz.read("conf_a"), where),
          map_from_npy<3>(npz.read("pts_b"), where), map_from_npy<1>(npz.read("conf_b"), where)};
}

}  // namespace

DepthMap read_depth(const fs::path& path, StoredScale stored_per_unit) {
  DepthMap depth = read_scalar(path, "Z", stored_per_unit);
  clear_unless_positive(depth);
  return depth;
}

Map<float> read_inverse(const fs::path& path, StoredScale stored_per_unit) {
  Map<float> inverse = read_scalar(path, "D", stored_per_unit);
  for (float& value : inverse.values()) {
    if (!std::isfinite(value)) value = 0;
  }
  return inverse;
}

ConfidenceMap read_confidence(const fs::path& path, StoredScale stored_per_unit) {
  ConfidenceMap confidence = read_scalar(path, "conf", stored_per_unit);
  clear_unless_positive(confidence);
  return confidence;
}

Map<float> read_sigma(const fs::path& path, StoredScale stored_per_unit) {
  Map<float> sigma = read_scalar(path, "sigma", stored_per_unit);
  clear_unless_positive(sigma);
  return sigma;
}

MaskMap read_mask(const fs::path& path) {
  const std::string where = path.string();
  const std::string bytes = read_file(path);
  const ImageInfo info = decode_image_info(bytes, where);
  if (info.format != ImageFormat::png) throw Error(where, "a mask must be a PNG: JPEG blurs its border");
  // Memory is taken by the decoders, which hold the size against the file's length.
  if (info.channels == 1) {
    const Map<std::uint16_t> stored = decode_png16(bytes, where);
    MaskMap mask(stored.width(), stored.height());
    for (std::size_t k = 0; k < mask.pixels(); ++k) mask.data()[k] = stored.data()[k] != 0 ? 255 : 0;
    return mask;
  }
  const RgbImage image = decode_rgb(bytes, where);
  MaskMap mask(image.width(), image.height());
  for (std::size_t k = 0; k < mask.pixels(); ++k) {
    const std::uint8_t* rgb = image.data() + 3 * k;
    mask.data()[k] = (rgb[0] | rgb[1] | rgb[2]) != 0 ? 255 : 0;
  }
  return mask;
}

Map<float> read_stored_map(const fs::path& path, const char* channel, StoredScale stored_per_unit) {
  return read_scalar(path, channel, stored_per_unit);
}

FlowFile read_stored_flow(const fs::path& path) {
  const std::string where = path.string();
  const std::string bytes = read_file(path);
  FlowFile file;
  switch (content_of(bytes)) {
    case Content::exr:
      file = flow_from_exr(decode_exr(bytes, where), where);
      break;
    case Content::npy:
      file = flow_from_npy(decode_npy(bytes, where), where);
      break;
    case Content::flo:
      file.flow = decode_flo(bytes, where);
      break;
    case Content::png:
      file.flow = decode_kitti_flow(bytes, where);
      break;
    case Content::pfm:
      file.flow = flow_from_pfm(bytes, where);
      break;
    default:
      fail_unknown(bytes, where, "EXR, NPY, .flo, KITTI PNG or PFM");
  }
  return file;
}

FlowFile read_flow(const fs::path& path) {
  FlowFile file = read_stored_flow(path);
  unify_unknown(file.flow, file.confidence);
  return file;
}

PointMapFile read_stored_point_maps(const fs::path& path) {
  const std::string where = path.string();
  PointMapFile maps = decode_point_maps(read_file(path), where);
  if (!maps.points_a.same_size(maps.confidence_a) || !maps.points_b.same_size(maps.confidence_b)) {
    throw Error(where, "points and confidence differ in size");
  }
  return maps;
}

PointMapFile read_point_maps(const fs::path& path) {
  PointMapFile maps = read_stored_point_maps(path);
  unify_unknown(maps.points_a, maps.confidence_a);
  unify_unknown(maps.points_b, maps.confidence_b);
  return maps;
}

}  // namespace vd
