// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "clip/clip.h"
#include "image/resize.h"

namespace vd {

// Checks of one file each: it is read whole, and everything that the format of a clip says about it is held
// against what it holds. They throw Error on the first thing that is wrong. What readers would silently take
// as unknown (NaN in depth) is an error here.

/// Size that the maps of a stage must have; width 0: any.
using MapSize = Size;

void check_frame(const std::filesystem::path& file, const Clip& clip);

/// A check by the kind of a stage that has one file a frame (depth, inverse, conf, sigma, masks, unknown,
/// ids) or one a pair (flow, pointmap); empty for any other kind.
using CheckMap = std::function<void(const std::filesystem::path& file, MapSize size)>;
[[nodiscard]] CheckMap map_check(const std::string& kind);
/// True for the kinds with one file a pair.
[[nodiscard]] bool is_pair_kind(const std::string& kind);

/// Poses: finite, rotations of norm 1, times that increase, and one pose a frame where asked for.
void check_trajectory(const std::filesystem::path& file, const Clip& clip, bool one_a_frame);
/// Cameras: positive and finite, for frames of the clip, one for each, stated for images of its shape.
void check_intrinsics(const std::filesystem::path& file, const Clip& clip);
/// Pairs name frames of the clip.
void check_pairs(const std::filesystem::path& file, const Clip& clip);
/// Arrays xy [T, N, 2], vis [T, N] and, where they are there, xyz, conf, dynamic, first_frame, rgb of those
/// sizes, finite where visible.
void check_tracks(const std::filesystem::path& file, const Clip& clip);
/// Arrays xyz [N, 3], rms_px [N], depth_range [frames, 2], those that are there.
void check_cloud(const std::filesystem::path& file, const Clip& clip);
/// One JSON object.
void check_json(const std::filesystem::path& file);

}  // namespace vd
