// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "geometry/inverse_depth_warp.h"
#include "image/map.h"

namespace vd {

/// Flow between the reference frame and one neighbour. Maps are shared, since each serves several frames of a
/// clip.
struct NeighbourFlow {
  int offset = 0;                            // neighbour = reference + offset; not 0
  Camera camera;                             // of the neighbour
  std::shared_ptr<const FlowMap> flow;       // reference -> neighbour
  std::shared_ptr<const FlowMap> flow_back;  // neighbour -> reference
  std::shared_ptr<const FlowMap>
      second_half;  // even offsets: frame halfway -> neighbour; null where not at hand
  std::shared_ptr<const GreyImage>
      grey;  // the neighbour; where all have theirs, motion is checked against it
};

/// Flow to the neighbours at -2, -1, +1, +2 (others are taken as well); what lies beyond the ends of the clip
/// is left out.
using FlowSet = std::vector<NeighbourFlow>;

/// How far a flow vector may contradict others and still be trusted.
struct TrustLimits {
  float return_px;  // way there and back
  float chain_px;   // flow over two frames against the chain of two single flows
};

/// The trusted flow vectors of some pixels of one row to one neighbour, planar.
struct RowObservations {
  std::vector<float> u, v;         // where the vectors end, px
  std::vector<float> information;  // 1 / sigma^2 of that, 1/px^2; 0 where no vector is trusted

  explicit RowObservations(std::size_t count = 0) : u(count), v(count), information(count) {}
};

/// Reads the flow to one neighbour row by row and says what can be trusted and how far: the round trip is by
/// far the best predictor of a vector's error, then the chain, the texture and the length of the parallax.
class FlowObserver {
 public:
  /// flows[index] is the neighbour; the chain is tested where the flow to the frame halfway is among flows.
  FlowObserver(const FlowSet& flows, std::size_t index, const InverseDepthWarp& warp,
               const TrustLimits& limits);

  /// The pixels first_x, first_x + step, ... of row y; texture: one row of texture_strength.
  void read_row(int y, int first_x, int step, const float* texture, RowObservations& row) const;

 private:
  const FlowMap& flow_;
  const FlowMap& back_;
  const FlowMap* first_half_ = nullptr;  // null when the chain cannot be tested
  const FlowMap* second_half_ = nullptr;
  Eigen::Matrix3f at_infinity_;
  float return_squared_, chain_squared_;
};

}  // namespace vd
