// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "stage/align_stage.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.frames = false;
  use.native_size_changes = {"depth"};
  use.seed_changes = {"cameras", "alignment"};
  return vd::run_program(
      {"vd-align",
       "Estimate consistent depth, camera poses, focal length and motion masks of a clip.",
       "[CLIP...]",
       {"vd-align beach", "vd-align beach --intrinsics 1000,1000,959.5,539.5 --preset preview",
        "vd-clip import beach.mp4 | vd-align | vd-view"},
       use},
      argc, argv, [](vd::OptionTable& table) -> vd::ClipBody {
        auto options = std::make_shared<vd::AlignStageOptions>();
        vd::describe(*options, table);
        return [options](const vd::Clip& clip, vd::Run& run) { vd::align_stage(clip, *options, run); };
      });
}
