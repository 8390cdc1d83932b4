// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "stage/flow_stage.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.seed = false;
  use.native_size = false;
  return vd::run_program({"vd-flow",
                          "Compute dense optical flow for the pairs of a clip.",
                          "[CLIP...]",
                          {"vd-flow beach", "vd-flow beach --preset best --pairs swin -o fine",
                           "vd-flow beach --method farneback --frames 0:50"},
                          use},
                         argc, argv, [](vd::OptionTable& table) -> vd::ClipBody {
                           auto options = std::make_shared<vd::FlowStageOptions>();
                           vd::describe(*options, table);
                           return [options](const vd::Clip& clip, vd::Run& run) {
                             vd::flow_stage(clip, *options, run);
                           };
                         });
}
