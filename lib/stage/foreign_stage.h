// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "clip/clip.h"
#include "clip/run.h"
#include "io/dense.h"
#include "stage/foreign_cameras.h"
#include "stage/foreign_maps.h"

namespace vd {

enum class ForeignKind { unsaid, depth, inverse, conf, flow, pointmap, mask, tracks, traj, intrinsics };

struct ForeignStageOptions {
  ForeignKind kind = ForeignKind::unsaid;
  ForeignProgram program = ForeignProgram::automatic;
  std::string pattern;  // of file names; empty: the program's own
  std::string unit = "auto";
  double stored_per_unit = 0;  // 0: the files hold units
  int first = -1;              // frame of the clip that the first map belongs to; -1: there is a map a frame
  int step = 1;
  std::string size;  // WxH of intrinsics
  QuaternionOrder quaternion = QuaternionOrder::automatic;
  DenseOptions output;
};
void describe(ForeignStageOptions& options, OptionTable& table);

/// Takes the results of another program into a clip as a stage, in the format and size of the clip's own,
/// with a record of where they came from; or, when the source is a stage of this clip already, checks it as
/// it is and records it. The stage is called after the program unless -o says otherwise.
///
/// Depth keeps its values: nothing is fitted, and the unit is what the user or the program's definition says.
/// Frames without a map get one without any known value and are listed in the record.
///
/// throws  MisuseError when kind is unsaid or does not go with the source, Error naming the file and the
/// reason
void foreign_stage(const Clip& clip, const std::string& source, const ForeignStageOptions& options, Run& run);

}  // namespace vd
