// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "stage/eval_stage.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.native_size = use.seed = false;
  return vd::run_program({"vd-eval",
                          "Score depth, camera path and masks of a clip against its ground truth.",
                          "[CLIP...]",
                          {"vd-eval beach", "vd-eval beach --align lstsq --max-depth 80 --json",
                           "vd-eval beach --require 'ate<=0.05' --require 'observed.abs_rel<=0.05'"},
                          use,
                          true},
                         argc, argv, [](vd::OptionTable& table) -> vd::ClipBody {
                           auto options = std::make_shared<vd::EvalStageOptions>();
                           vd::describe(*options, table);
                           return [options](const vd::Clip& clip, vd::Run& run) {
                             vd::eval_stage(clip, *options, run);
                           };
                         });
}
