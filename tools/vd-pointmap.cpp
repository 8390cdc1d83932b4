// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "stage/pointmap_stage.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.native_size = use.seed = false;  // its robust estimators draw the same samples every time
  return vd::run_program({"vd-pointmap",
                          "Compute the 3-D points of both views of every pair, in the frame of the first.",
                          "[CLIP...]",
                          {"vd-pointmap beach", "vd-pairs beach | vd-flow | vd-pointmap",
                           "vd-pointmap beach --intrinsics 1000,1000,959.5,539.5 --pairs swin -o wide"},
                          use},
                         argc, argv, [](vd::OptionTable& table) -> vd::ClipBody {
                           auto options = std::make_shared<vd::PointmapStageOptions>();
                           vd::describe(*options, table);
                           return [options](const vd::Clip& clip, vd::Run& run) {
                             vd::pointmap_stage(clip, *options, run);
                           };
                         });
}
