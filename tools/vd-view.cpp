// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "clip/video.h"
#include "stage/view_stage.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.output = use.native_size = use.seed = false;
  return vd::run_program({"vd-view",
                          "Draw depth, confidence, moving objects and the camera path of a clip.",
                          "[CLIP...]",
                          {"vd-view beach", "vd-view beach --range 1:20 --colours rainbow --what depth,video",
                           "vd-view beach --depth gt --frames 100:200"},
                          use},
                         argc, argv, [](vd::OptionTable& table) -> vd::ClipBody {
                           auto options = std::make_shared<vd::ViewStageOptions>();
                           vd::describe(*options, table);
                           return [options](const vd::Clip& clip, vd::Run& run) {
                             vd::view_stage(clip, *options, vd::open_video_writer, run);
                           };
                         });
}
