// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clip/clip.h"
#include "clip/run.h"
#include "flow/dense_flow.h"
#include "io/dense.h"

namespace vd {

struct FlowStageOptions {
  FlowOptions flow;
  std::string
      pairs;  // name of a pair list; empty: the only one there is, or neighbours both ways when there is none
  DenseOptions output = intermediate_options();
};
void describe(FlowStageOptions& options, OptionTable& table);

/// Writes flow/NAME/I_J.exr (u, v, conf) for every pair of the list; NAME is the method unless -o says
/// otherwise. Both directions of a pair are computed together, since each is the other's check.
void flow_stage(const Clip& clip, const FlowStageOptions& options, Run& run);

}  // namespace vd
