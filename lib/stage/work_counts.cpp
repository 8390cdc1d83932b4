// SPDX-License-Identifier: Apache-2.0
#include "stage/work_counts.h"

#include <algorithm>
#include <cmath>

namespace vd {

namespace {

/// Settings of OpenCV's dense inverse search that decide its cost.
struct InverseSearch {
  int finest_scale, stride, steps, variational_rounds;
};

InverseSearch settings(FlowPreset preset) {
  switch (preset) {
    case FlowPreset::ultrafast:
      return {2, 4, 12, 0};
    case FlowPreset::fast:
      return {2, 4, 16, 5};
    case FlowPreset::medium:
      return {1, 3, 25, 5};
    case FlowPreset::best:
      return {0, 4, 25, 5};
  }
  return {};
}

double inverse_search_operations(FlowPreset preset) {
  const InverseSearch s = settings(preset);
  constexpr double patch_pixels = 64, step_operations = 16, spread_operations = 12, round_operations = 300;
  const double patches = 1.0 / (s.stride * s.stride);
  const double pixel = patches * patch_pixels * (s.steps * step_operations + spread_operations) +
                       s.variational_rounds * round_operations;
  const double pixels_of_scales = 4.0 / 3 / std::pow(4.0, s.finest_scale);
  constexpr double pyramid_and_enlarging = 60;
  return pixel * pixels_of_scales + pyramid_and_enlarging;
}

double farneback_operations(FlowPreset preset) {
  const bool careful = preset == FlowPreset::medium || preset == FlowPreset::best;
  const int iterations = preset == FlowPreset::best ? 10 : careful ? 5 : 3;
  const int neighbourhood_px = careful ? 7 : 5;
  const int levels = preset == FlowPreset::ultrafast ? 3 : 5;
  const double pixels_of_levels = 4.0 / 3 * (1 - std::pow(0.25, levels));
  // Separable moments of both images; matrices, running sums of five products, and the solution a round.
  return pixels_of_levels * (2 * 2 * 6 * neighbourhood_px + iterations * (60 + 5 * 8 + 20));
}

Size reduced_for_sweep(const Size& size) {
  const double less = std::clamp(std::min(size.width, size.height) / 48.0, 1.0, 4.0);
  const double factor = std::max(less, std::max(size.width, size.height) / 320.0);
  return {static_cast<int>(std::lround(size.width / factor)),
          static_cast<int>(std::lround(size.height / factor))};
}

}  // namespace

double pixels_of(const Size& size) { return static_cast<double>(size.width) * size.height; }

Work flow_work(const FlowOptions& options, double pixels) {
  if (options.method == "farneback")
    return {WorkKind::farneback, pixels * farneback_operations(options.preset)};
  return {WorkKind::dense_flow, pixels * inverse_search_operations(options.preset)};
}

Work frames_work(double frames, double pixels) {
  return Work(WorkKind::read_image, frames * pixels) + Work(WorkKind::file, frames);
}

namespace {

/// ZIP costs ten times what the fast codecs and plain arrays do.
bool is_fast(const DenseOptions& options) {
  return options.format == DenseFormat::npy || options.format == DenseFormat::flo ||
         options.exr.codec == ExrCodec::rle || options.exr.codec == ExrCodec::none;
}

}  // namespace

Work read_maps_work(const DenseOptions& written_with, double files, double values) {
  const WorkKind kind = is_fast(written_with) ? WorkKind::read_intermediate : WorkKind::read_result;
  return Work(kind, values) + Work(WorkKind::file, files);
}

Work write_maps_work(const DenseOptions& options, double files, double values) {
  const WorkKind kind = is_fast(options) ? WorkKind::write_intermediate : WorkKind::write_result;
  return Work(kind, values) + Work(WorkKind::file, files);
}

double points_a_frame(const TrackOptions& options, const Size& size) {
  const double spacing_px =
      std::max(3.0, options.spacing_px * std::min(1.0, std::max(size.width, size.height) / 512.0));
  // A third of the places are corners that are worth a point.
  return std::min<double>(options.points_per_frame, pixels_of(size) / (3 * spacing_px * spacing_px));
}

Work track_work(const TrackOptions& options, int frames, const Size& size) {
  const double steps = std::max(0, frames - 1);
  return 2 * steps * flow_work(options.flow, pixels_of(size)) +
         Work(WorkKind::track, steps * points_a_frame(options, size));
}

Work adjust_work(double observations, bool intrinsics_known, bool poses_known) {
  constexpr double unknown_focal_rounds = 4;
  constexpr double known_poses_rounds = 0.5;
  const double rounds = poses_known ? known_poses_rounds : intrinsics_known ? 1 : unknown_focal_rounds;
  return {WorkKind::adjust, observations * rounds};
}

Work sweep_work(double reduced_pixels, double planes, double views) {
  return Work(WorkKind::sweep, reduced_pixels * planes * views) +
         Work(WorkKind::semi_global, reduced_pixels * planes);
}

Work refine_work(const LucasKanadeOptions& options, double pixels, double views) {
  // All passes but the last see a quarter of the pixels.
  const double passes =
      options.windows_px.empty() ? 0 : 1 + 0.25 * (static_cast<double>(options.windows_px.size()) - 1);
  return {WorkKind::refine, pixels * views * passes};
}

Work depth_work(const DepthOptions& given, const Size& size) {
  const DepthOptions options = resolved(given);
  const double views = options.neighbours.count;
  const double compared = std::min(options.compared_neighbours, options.neighbours.count);
  const double planes = 0.5 * (options.sweep.min_planes + options.sweep.max_planes);
  return sweep_work(pixels_of(reduced_for_sweep(size)), planes, compared) +
         refine_work(options.refinement, pixels_of(size), views) + Work(WorkKind::complete, pixels_of(size));
}

Work motion_work(FlowPreset preset, double pixels) {
  return 4 * flow_work({"dis", preset}, pixels) + Work(WorkKind::motion, pixels);
}

}  // namespace vd
