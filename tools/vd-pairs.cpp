// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "stage/pairs_stage.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.seed = false;
  use.native_size = false;
  return vd::run_program({"vd-pairs",
                          "Choose which frames of a clip are looked at together.",
                          "[CLIP...]",
                          {"vd-pairs beach", "vd-pairs beach --graph swin-3-noncyclic --print",
                           "vd-pairs beach --graph select --budget 2",
                           "vd-clip import beach.mp4 | vd-pairs --graph stride-5 -o far"},
                          use},
                         argc, argv, [](vd::OptionTable& table) -> vd::ClipBody {
                           auto options = std::make_shared<vd::PairsStageOptions>();
                           vd::describe(*options, table);
                           return [options](const vd::Clip& clip, vd::Run& run) {
                             vd::pairs_stage(clip, *options, run);
                           };
                         });
}
