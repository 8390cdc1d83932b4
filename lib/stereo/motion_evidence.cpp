// SPDX-License-Identifier: Apache-2.0
#include "stereo/motion_evidence.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "image/sample.h"
#include "image/texture_strength.h"
#include "stereo/inverse_depth_fit.h"
#include "stereo/neighbour_poses.h"
#include "stereo/static_search.h"

namespace vd {
namespace {

constexpr int rows_per_band = 16;

constexpr std::size_t most_neighbours = 16;

void expect_complete(const FlowSet& flows, const GreyImage& grey) {
  if (flows.size() > most_neighbours) throw Error("motion evidence", "more than 16 neighbours");
  for (const auto& flow : flows) {
    if (!flow.flow || !flow.flow_back)
      throw Error("motion evidence", "a neighbour lacks its flow there or back");
    if (!flow.flow->same_size(grey)) throw Error("motion evidence", "flow and frame differ in size");
  }
}

/// Warps to the neighbours with their translations in a unit of the caller's.
std::vector<InverseDepthWarp> warps_to(const Camera& reference, const std::vector<Camera>& cameras,
                                       double unit) {
  std::vector<InverseDepthWarp> warps;
  for (const Camera& camera : cameras) {
    warps.push_back(inverse_depth_warp(reference, camera));
    warps.back().epipole /= unit;
  }
  return warps;
}

/// Clears `blind` where a trusted vector ends away from the epipole: there depth has a meaning.
void clear_where_depth_shows(const RowObservations& row, const InverseDepthWarp& warp, double radius_px,
                             std::vector<std::uint8_t>& blind) {
  const double z = warp.epipole.z();
  const bool finite = std::abs(z) > 1e-9 * warp.epipole.head<2>().norm() && std::abs(z) > 1e-12;
  const Vec2 epipole = finite ? Vec2(warp.epipole.head<2>() / z) : Vec2(1e9, 1e9);
  const auto x = static_cast<float>(epipole.x());
  const auto y = static_cast<float>(epipole.y());
  const auto limit = static_cast<float>(radius_px * radius_px);
  for (std::size_t k = 0; k < blind.size(); ++k) {
    const float dx = row.u[k] - x;
    const float dy = row.v[k] - y;
    if (row.information[k] > 0 && dx * dx + dy * dy >= limit) blind[k] = 0;
  }
}

/// What one band of rows needs; made once a band.
class EvidenceRows {
 public:
  EvidenceRows(const FlowSet& flows, const std::vector<InverseDepthWarp>& warps, int width, double largest,
               const EvidenceOptions& options)
      : warps_(warps),
        fit_(warps, static_cast<std::size_t>(width), 0, 1, largest),
        rows_(flows.size(), RowObservations(static_cast<std::size_t>(width))),
        blind_(static_cast<std::size_t>(width)),
        motion_sigma_(options.motion_sigma) {
    const TrustLimits limits{static_cast<float>(options.return_px), static_cast<float>(options.chain_px)};
    for (std::size_t k = 0; k < flows.size(); ++k) observers_.emplace_back(flows, k, warps[k], limits);
  }

  void write(int y, const Map<float>& textures, double unit, double epipole_radius_px,
             Map<std::uint16_t>& trusted, MotionEvidence& result) {
    std::fill(blind_.begin(), blind_.end(), 255);
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      observers_[k].read_row(y, 0, 1, textures.row(y), rows_[k]);
      clear_where_depth_shows(rows_[k], warps_[k], epipole_radius_px, blind_);
    }
    fit_.fit(y, rows_);
    for (std::size_t k = 0; k < blind_.size(); ++k) {
      const auto x = static_cast<int>(k);
      result.unknown(x, y) = blind_[k];  // also where nothing is trusted
      int count = 0;
      for (std::size_t j = 0; j < rows_.size(); ++j) {
        if (rows_[j].information[k] <= 0) continue;
        trusted(x, y) = static_cast<std::uint16_t>(trusted(x, y) | 1U << j);
        ++count;
      }
      if (count == 0) continue;
      const float q = std::sqrt(fit_.cost()[k] / static_cast<float>(count));
      const float strength =
          std::clamp(1.2F * std::log(std::max(q, 1e-6F) / static_cast<float>(motion_sigma_)), -1.0F, 1.0F);
      result.evidence(x, y) = std::min(1.0F, 0.5F * static_cast<float>(count)) * strength;
      result.inverse_depth(x, y) = static_cast<float>(fit_.inverse_depth()[k] / unit);
      result.residual(x, y) = q;
      result.observations(x, y) = static_cast<std::uint8_t>(count);
    }
  }

 private:
  const std::vector<InverseDepthWarp>& warps_;
  InverseDepthFit fit_;
  std::vector<FlowObserver> observers_;
  std::vector<RowObservations> rows_;
  std::vector<std::uint8_t> blind_;
  double motion_sigma_;
};

}  // namespace

MotionEvidence motion_evidence(const Camera& reference, const FlowSet& flows, const GreyImage& grey,
                               const EvidenceOptions& options) {
  const int width = grey.width();
  const int height = grey.height();
  expect_complete(flows, grey);
  const Map<float> textures = texture_strength(grey);
  MotionEvidence result{Map<float>(width, height), Map<float>(width, height), Map<float>(width, height),
                        Map<std::uint8_t>(width, height), MaskMap(width, height)};
  NeighbourPoses poses;
  for (const auto& flow : flows) poses.cameras.push_back(flow.camera);
  if (options.correct_poses)
    poses = correct_neighbour_poses(
        reference, flows, textures,
        {static_cast<float>(options.return_px), static_cast<float>(options.chain_px)});
  result.pose_correction_px = poses.correction_px;
  // In single precision, so in a unit of the path itself; nothing is expected nearer than one step of it.
  const double step = median_step(reference, flows);
  const bool moves = step > 1e-12;
  const double unit = moves ? step : 1.0;
  const double largest = moves ? 1.0 : 1e12;
  const double epipole_radius_px = 0.02 * std::hypot(width, height);
  const std::vector<InverseDepthWarp> warps = warps_to(reference, poses.cameras, unit);
  Map<std::uint16_t> trusted(width, height);
  parallel_for((height + rows_per_band - 1) / rows_per_band, [&](std::size_t band) {
    EvidenceRows rows(flows, warps, width, largest, options);
    const int first = static_cast<int>(band) * rows_per_band;
    for (int y = first; y < std::min(height, first + rows_per_band); ++y)
      rows.write(y, textures, unit, epipole_radius_px, trusted, result);
  });
  withdraw_unproven_motion(reference, poses.cameras, flows, grey, trusted, result);
  return result;
}

Map<float> sum_along_flow(const Map<float>& evidence, const std::vector<NeighbourEvidence>& neighbours) {
  Map<float> sum = evidence;
  for (int y = 0; y < sum.height(); ++y)
    for (int x = 0; x < sum.width(); ++x) {
      for (const auto& n : neighbours) {
        const Vec2 flow{(*n.flow)(x, y, 0), (*n.flow)(x, y, 1)};
        const auto back = sample_bilinear(*n.flow_back, x + flow.x(), y + flow.y());
        if (!back || (flow + Vec2((*back)[0], (*back)[1])).norm() > 1.0) continue;
        if (const auto said = sample_bilinear(*n.evidence, x + flow.x(), y + flow.y()))
          sum(x, y) += 0.5f * (*said)[0];
      }
      sum(x, y) = std::clamp(sum(x, y), -1.0f, 1.0f);
    }
  return sum;
}

void describe(EvidenceOptions& options, OptionTable& table) {
  table.topic("Motion masks");
  table
      .add("--mask-return", options.return_px, positive(),
           "trust flow that comes back this close to its start [px]")
      .hidden_in_short_help();
  table
      .add("--mask-chain", options.chain_px, positive(),
           "trust flow over two frames this close to the chain of two flows [px]")
      .hidden_in_short_help();
  table.add("--motion-sigma", options.motion_sigma, positive(),
            "residual of the static explanation that means motion [standard deviations]");
}

}  // namespace vd
