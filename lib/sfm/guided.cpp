// SPDX-License-Identifier: Apache-2.0
#include "sfm/guided.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <Eigen/LU>

#include "core/parallel.h"

namespace vd {
namespace {

using Mat2 = Eigen::Matrix2d;

/// Samples of a patch and whether all of them were inside the image.
bool sample_patch(const GreyImage& image, const Vec2& centre, const Mat2& image_from_patch, int half,
                  std::vector<float>& values) {
  const Vec2 column = image_from_patch.col(0);
  const Vec2 row = image_from_patch.col(1);
  // The patch is a parallelogram: its corners tell whether it is inside.
  for (const double a : {-1.0, 1.0}) {
    for (const double b : {-1.0, 1.0}) {
      const Vec2 corner = centre + half * (a * column + b * row);
      if (!(corner.x() >= 0 && corner.y() >= 0 && corner.x() < image.width() - 1 &&
            corner.y() < image.height() - 1))
        return false;
    }
  }
  std::size_t k = 0;
  const int stride = image.width();
  for (int y = -half; y <= half; ++y) {
    for (int x = -half; x <= half; ++x) {
      const Vec2 p = centre + x * column + y * row;
      const int x0 = static_cast<int>(p.x());
      const int y0 = static_cast<int>(p.y());
      const auto ax = static_cast<float>(p.x() - x0);
      const auto ay = static_cast<float>(p.y() - y0);
      const std::uint8_t* at = image.pixel(x0, y0);
      const float top = static_cast<float>(at[0]) + ax * static_cast<float>(at[1] - at[0]);
      const float bottom =
          static_cast<float>(at[stride]) + ax * static_cast<float>(at[stride + 1] - at[stride]);
      values[k++] = top + ay * (bottom - top);
    }
  }
  return true;
}

/// The warped template with what its registration needs.
struct Template {
  std::vector<float> values;  // mean taken off
  std::vector<Vec2> gradient;
  Mat2 inverse_hessian;
  double variance = 0;  // sum of squares
};

/// Buffers of one worker.
struct Workspace {
  std::vector<float> wide;  // template with a border of one, for the gradient
  std::vector<float> patch;
  Template reference;
};

bool make_template(const GreyImage& image, const Vec2& centre, const Mat2& image_from_patch, int half,
                   Workspace& work) {
  const int side = 2 * half + 1;
  const int wide_side = side + 2;
  work.wide.resize(static_cast<std::size_t>(wide_side) * wide_side);
  if (!sample_patch(image, centre, image_from_patch, half + 1, work.wide)) return false;
  Template& t = work.reference;
  t.values.resize(static_cast<std::size_t>(side) * side);
  t.gradient.resize(t.values.size());
  double mean = 0;
  Mat2 hessian = Mat2::Zero();
  std::size_t k = 0;
  for (int y = 1; y <= side; ++y) {
    for (int x = 1; x <= side; ++x, ++k) {
      const float* at = work.wide.data() + y * wide_side + x;
      t.values[k] = at[0];
      mean += at[0];
      t.gradient[k] = {0.5 * (at[1] - at[-1]), 0.5 * (at[wide_side] - at[-wide_side])};
      hessian += t.gradient[k] * t.gradient[k].transpose();
    }
  }
  mean /= static_cast<double>(t.values.size());
  t.variance = 0;
  for (float& value : t.values) {
    value -= static_cast<float>(mean);
    t.variance += static_cast<double>(value) * value;
  }
  const double determinant = hessian.determinant();
  if (!(determinant > 1e-3 * hessian.trace() * hessian.trace()) || !(t.variance > 0))
    return false;  // an edge
  t.inverse_hessian = hessian.inverse();
  return true;
}

std::optional<Vec2> register_patch(const GreyImage& image, const Vec2& start, const GuidedOptions& options,
                                   Workspace& work) {
  const Template& t = work.reference;
  work.patch.resize(t.values.size());
  Vec2 position = start;
  for (int step = 0; step < options.max_steps; ++step) {
    if (!sample_patch(image, position, Mat2::Identity(), options.half_window_px, work.patch)) return {};
    double mean = 0;
    for (const float value : work.patch) mean += value;
    mean /= static_cast<double>(work.patch.size());
    double covariance = 0;
    double variance = 0;
    for (std::size_t k = 0; k < work.patch.size(); ++k) {
      const double value = work.patch[k] - mean;
      covariance += value * t.values[k];
      variance += value * value;
    }
    const double gain = covariance / t.variance;
    if (!(gain > 0.1)) return {};
    Vec2 gradient = Vec2::Zero();
    for (std::size_t k = 0; k < work.patch.size(); ++k)
      gradient += t.gradient[k] * (work.patch[k] - mean - gain * t.values[k]);
    Vec2 move = -(t.inverse_hessian * gradient) / gain;
    const double length = move.norm();
    if (length > 1) move /= length;
    position += move;
    if (!((position - start).norm() < options.max_move_px)) return {};
    if (length < options.converged_px) {
      const bool alike = covariance > options.least_correlation * std::sqrt(variance * t.variance);
      return alike ? std::optional<Vec2>(position) : std::nullopt;
    }
  }
  return {};
}

/// Local map from pixels around p of one view at a depth to pixels of another.
std::optional<Mat2> local_affine(const View& from, const View& to, const Vec2& pixel, double depth) {
  const SE3 to_from_from = to.camera_from_world * inverse(from.camera_from_world);
  constexpr double step_px = 4;
  Vec2 mapped[3];
  for (int k = 0; k < 3; ++k) {
    const Vec2 q = pixel + step_px * Vec2(k == 1, k == 2);
    const Vec3 x = to_from_from * (depth * from.intrinsics.unproject(q));
    if (!(x.z() > 0)) return {};
    mapped[k] = to.intrinsics.project(x);
  }
  Mat2 affine;
  affine << (mapped[1] - mapped[0]) / step_px, (mapped[2] - mapped[0]) / step_px;
  const double determinant = affine.determinant();
  if (!(determinant > 0.05 && determinant < 20)) return {};
  return affine;
}

/// Consecutive frames, held while they are looked at.
struct FrameBlock {
  int first = 0;
  std::vector<GreyFrames::Frame> frames;
  [[nodiscard]] int end() const { return first + static_cast<int>(frames.size()); }
  [[nodiscard]] const GreyImage& at(int frame) const {
    return *frames[static_cast<std::size_t>(frame - first)];
  }
};

constexpr int block_frames = 24;

FrameBlock load_block(const GreyFrames& frames, int block) {
  FrameBlock loaded;
  loaded.first = block * block_frames;
  loaded.frames.resize(
      std::min<std::size_t>(block_frames, frames.size() - static_cast<std::size_t>(loaded.first)));
  parallel_for(loaded.frames.size(),
               [&](std::size_t k) { loaded.frames[k] = frames[static_cast<std::size_t>(loaded.first) + k]; });
  return loaded;
}

int reference_of(const PointTrack& track) {
  return track.first_frame + static_cast<int>(track.pixels.size()) / 2;
}

/// Moves the observations of a track in one block of frames; its reference frame is in another (or the same).
GuidedReport refine_track(const FrameBlock& references, const FrameBlock& targets,
                          const Reconstruction& reconstruction, const Vec3& point,
                          const GuidedOptions& options, Workspace& work, PointTrack& track) {
  GuidedReport report;
  const int reference = reference_of(track);
  const View& from = reconstruction.views[static_cast<std::size_t>(reference)];
  if (!from.posed) return report;
  const double depth = (from.camera_from_world * point).z();
  const Vec2 anchor = track.at(reference);
  const int end = std::min(track.last_frame() + 1, targets.end());
  for (int f = std::max(track.first_frame, targets.first); f < end; ++f) {
    const View& to = reconstruction.views[static_cast<std::size_t>(f)];
    if (f == reference || !to.posed) continue;
    ++report.observations;
    const auto affine = local_affine(from, to, anchor, depth);
    if (!affine) continue;
    if (!make_template(references.at(reference), anchor, affine->inverse(), options.half_window_px, work))
      continue;
    Vec2& pixel = track.pixels[static_cast<std::size_t>(f - track.first_frame)];
    if (const auto found = register_patch(targets.at(f), pixel, options, work)) {
      pixel = *found;
      ++report.moved;
    }
  }
  return report;
}

GuidedReport refine_block(const FrameBlock& references, const FrameBlock& targets,
                          const std::vector<std::size_t>& chosen, const Reconstruction& reconstruction,
                          const GuidedOptions& options, std::vector<PointTrack>& tracks) {
  constexpr std::size_t tracks_per_task = 64;
  std::vector<GuidedReport> reports((chosen.size() + tracks_per_task - 1) / tracks_per_task);
  parallel_for(reports.size(), [&](std::size_t task) {
    Workspace work;
    const std::size_t end = std::min(chosen.size(), (task + 1) * tracks_per_task);
    for (std::size_t k = task * tracks_per_task; k < end; ++k) {
      const std::size_t t = chosen[k];
      const GuidedReport one = refine_track(references, targets, reconstruction, *reconstruction.points[t],
                                            options, work, tracks[t]);
      reports[task].observations += one.observations;
      reports[task].moved += one.moved;
    }
  });
  GuidedReport sum;
  for (const GuidedReport& report : reports) {
    sum.observations += report.observations;
    sum.moved += report.moved;
  }
  return sum;
}

}  // namespace

GuidedReport refine_tracks(const GreyFrames& frames, const Reconstruction& reconstruction,
                           const GuidedOptions& options, std::vector<PointTrack>& tracks) {
  GuidedReport sum;
  const int blocks = (static_cast<int>(frames.size()) + block_frames - 1) / block_frames;
  std::vector<std::vector<std::size_t>> by_reference(static_cast<std::size_t>(blocks));
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (reconstruction.points[k])
      by_reference[static_cast<std::size_t>(reference_of(tracks[k]) / block_frames)].push_back(k);
  }
  for (int block = 0; block < blocks; ++block) {
    const auto& chosen = by_reference[static_cast<std::size_t>(block)];
    if (chosen.empty()) continue;
    int first = block;
    int last = block;
    for (const std::size_t k : chosen) {
      first = std::min(first, tracks[k].first_frame / block_frames);
      last = std::max(last, tracks[k].last_frame() / block_frames);
    }
    const FrameBlock references = load_block(frames, block);
    // To and fro, so that what one block of references saw last the next sees first.
    for (int step = 0; step <= last - first; ++step) {
      const FrameBlock targets = load_block(frames, block % 2 == 0 ? first + step : last - step);
      const GuidedReport one = refine_block(references, targets, chosen, reconstruction, options, tracks);
      sum.observations += one.observations;
      sum.moved += one.moved;
    }
  }
  return sum;
}

}  // namespace vd
