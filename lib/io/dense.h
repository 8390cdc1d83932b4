// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/options.h"
#include "image/map.h"
#include "io/exr.h"

namespace vd {

// Dense maps on disk. Readers tell the format by content, not by the file's name, and bring invalid values to
// one form:
//   depth, confidence, sigma   0 where the file has 0, NaN, infinity or a negative value
//   inverse depth              0 where the file has NaN or infinity; negative values stay (networks predict
//   them) flow, points               NaN in all components where one is not finite; their confidence is 0
//   there
// Everything is read whole, and every reader throws Error naming the file and the reason.

/// stored_per_unit: a stored value divided by it is the value in units; needed for PNG (5000 for a depth in
/// metres stored as 5000 steps a metre), 1 when not given for float formats.
using StoredScale = std::optional<double>;

/// EXR (channel Z, or the only one), NPY (HxW), PFM, or a one-channel PNG.
[[nodiscard]] DepthMap read_depth(const std::filesystem::path& path, StoredScale stored_per_unit = {});
/// The same with EXR channel D.
[[nodiscard]] Map<float> read_inverse(const std::filesystem::path& path, StoredScale stored_per_unit = {});
/// The same with EXR channel conf.
[[nodiscard]] ConfidenceMap read_confidence(const std::filesystem::path& path,
                                            StoredScale stored_per_unit = {});
/// The same with EXR channel sigma: standard deviations, 0 where unknown.
[[nodiscard]] Map<float> read_sigma(const std::filesystem::path& path, StoredScale stored_per_unit = {});

/// A one-channel or palette PNG, or colour: 255 where any stored value is not 0, else 0.
[[nodiscard]] MaskMap read_mask(const std::filesystem::path& path);

struct FlowFile {
  FlowMap flow;              // pixels
  ConfidenceMap confidence;  // in [0, 1]; empty when the file has none
};
/// EXR (channels u, v and perhaps conf), NPY (HxWx2, or HxWx3 with the confidence last), .flo, KITTI PNG, PFM
/// of three channels (the third is ignored).
[[nodiscard]] FlowFile read_flow(const std::filesystem::path& path);

/// Points of both views of a pair (a, b), all in the camera frame of a, confidence on DUSt3R's scale (>= 1, 0
/// where not observed). The views may differ in size.
struct PointMapFile {
  PointMap points_a;
  ConfidenceMap confidence_a;
  PointMap points_b;
  ConfidenceMap confidence_b;
};
/// EXR (channels a.X a.Y a.Z a.conf and b. likewise, in one part or in two) or NPZ (pts_a conf_a pts_b
/// conf_b).
[[nodiscard]] PointMapFile read_point_maps(const std::filesystem::path& path);

/// The same maps as their files hold them, invalid values not yet brought to one form: for checks. The first
/// takes the channel of a map of one value a pixel: Z, D, conf or sigma.
[[nodiscard]] Map<float> read_stored_map(const std::filesystem::path& path, const char* channel,
                                         StoredScale stored_per_unit = {});
[[nodiscard]] FlowFile read_stored_flow(const std::filesystem::path& path);
[[nodiscard]] PointMapFile read_stored_point_maps(const std::filesystem::path& path);

enum class DenseFormat { exr, npy, flo, kitti_png };  // the last two of flow alone, without its confidence

/// How a stage writes its dense maps. The format of a file is given by the extension of its path.
struct DenseOptions {
  DenseFormat format = DenseFormat::exr;
  ExrEncoding exr = result_encoding;
  StoredScale stored_per_unit;                    // for PNG
  std::map<std::string, std::string> attributes;  // of EXR: only what decides the values
};
[[nodiscard]] inline DenseOptions intermediate_options() {
  return {DenseFormat::exr, intermediate_encoding, {}, {}};
}
void describe(DenseOptions& options, OptionTable& table);
void describe_flow_output(DenseOptions& options, OptionTable& table);

/// ".exr", ".npy", ".flo" or ".png", and ".exr" or ".npz" for the point maps of a pair.
[[nodiscard]] std::string map_extension(DenseFormat format);
[[nodiscard]] std::string point_maps_extension(DenseFormat format);

/// Extension .exr, .npy, .pfm, or .png (16 bits, options.stored_per_unit needed; values beyond its range are
/// an error).
void write_depth(const std::filesystem::path& path, const DepthMap& depth, const DenseOptions& options = {});
void write_inverse(const std::filesystem::path& path, const Map<float>& inverse,
                   const DenseOptions& options = {});
void write_confidence(const std::filesystem::path& path, const ConfidenceMap& confidence,
                      const DenseOptions& options = {});
void write_sigma(const std::filesystem::path& path, const Map<float>& sigma,
                 const DenseOptions& options = {});
/// 8-bit PNG.
void write_mask(const std::filesystem::path& path, const MaskMap& mask);
/// Extension .exr or .npy; .flo and .png (KITTI) leave the confidence out. confidence may be empty.
void write_flow(const std::filesystem::path& path, const FlowMap& flow, const ConfidenceMap& confidence,
                const DenseOptions& options = intermediate_options());
/// Extension .exr or .npz.
void write_point_maps(const std::filesystem::path& path, const PointMapFile& maps,
                      const DenseOptions& options = intermediate_options());

}  // namespace vd
