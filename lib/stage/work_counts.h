// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/work.h"
#include "flow/dense_flow.h"
#include "flow/tracks.h"
#include "image/resize.h"
#include "io/dense.h"
#include "stereo/depth.h"

namespace vd {

// How much of each kind of work the parts of a stage are: counted where the number of steps is fixed,
// estimated (and said to be) where data decides. One count serves --dry-run and vd-bench.

[[nodiscard]] double pixels_of(const Size& size);

/// Dense flow in one direction between images of so many pixels. Operations follow from the settings of the
/// presets: scales, patches a pixel, steps a patch (all that are allowed), rounds of the variational part.
[[nodiscard]] Work flow_work(const FlowOptions& options, double pixels);

/// Frames read from rgb/, each once.
[[nodiscard]] Work frames_work(double frames, double pixels);

/// Values of dense maps read from files, or written with these options.
[[nodiscard]] Work read_maps_work(const DenseOptions& written_with, double files, double values);
[[nodiscard]] Work write_maps_work(const DenseOptions& options, double files, double values);

/// Point tracks through a shot of so many frames: flow both ways between neighbours, then every point there
/// and back.
[[nodiscard]] Work track_work(const TrackOptions& options, int frames, const Size& size);
/// Points a frame that tracks can have at this size.
[[nodiscard]] double points_a_frame(const TrackOptions& options, const Size& size);

/// Cameras from these tracks. An unknown focal length is tried from several guesses, which costs
/// unknown_focal_rounds as much; an estimate, since clips differ in how soon solvers settle.
[[nodiscard]] Work adjust_work(double observations, bool intrinsics_known, bool poses_known);

/// Depth of one frame of a long shot at this working size, files apart. The number of planes depends on the
/// scene; the middle of what is allowed is taken.
[[nodiscard]] Work depth_work(const DepthOptions& options, const Size& size);
/// The parts of it, for so many pixels of the reduced image, planes and views.
[[nodiscard]] Work sweep_work(double reduced_pixels, double planes, double views);
[[nodiscard]] Work refine_work(const LucasKanadeOptions& options, double pixels, double views);

/// Motion masks of one frame in the middle of a shot: four flows, and the evidence.
[[nodiscard]] Work motion_work(FlowPreset preset, double pixels);

}  // namespace vd
