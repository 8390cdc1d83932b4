// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "clip/program.h"
#include "core/error.h"
#include "stage/check_stage.h"
#include "stage/foreign_stage.h"
#include "stage/import_stage.h"
#include "stage/info_stage.h"
#include "stage/synth_stage.h"

namespace {

vd::VerbBody declare_import(vd::OptionTable& table) {
  auto options = std::make_shared<vd::ImportOptions>();
  vd::describe(*options, table);
  return [options](const std::vector<std::string>& sources, vd::Run& run) {
    if (sources.empty()) throw vd::MisuseError("", "nothing to import; see vd-clip import --help");
    for (const auto& source : sources) vd::print_finished(vd::import_stage(source, *options, run), run);
  };
}

vd::VerbBody declare_import_stereo(vd::OptionTable& table) {
  auto options = std::make_shared<vd::StereoImportOptions>();
  vd::describe(*options, table);
  return [options](const std::vector<std::string>& views, vd::Run& run) {
    if (views.size() != 2) throw vd::MisuseError("", "name the left and the right view");
    if (run.common.output.empty()) throw vd::MisuseError("--output", "name the clip to make");
    vd::import_stereo_stage(views[0], views[1], *options, run);
    vd::print_finished(run.common.output, run);
  };
}

vd::VerbBody declare_info(vd::OptionTable&) {
  return [](const std::vector<std::string>& clips, vd::Run& run) {
    if (clips.empty()) throw vd::MisuseError("", "no clip named");
    for (const auto& folder : clips) {
      const vd::Clip clip = vd::Clip::open(folder);
      vd::print_result(run.common.json ? vd::clip_info_json(clip) : vd::clip_info_text(clip));
    }
  };
}

vd::VerbBody declare_import_result(vd::OptionTable& table) {
  auto options = std::make_shared<vd::ForeignStageOptions>();
  vd::describe(*options, table);
  return [options](const std::vector<std::string>& arguments, vd::Run& run) {
    if (arguments.size() != 2) throw vd::MisuseError("", "name a clip and the result of another program");
    vd::foreign_stage(vd::Clip::open(arguments[0]), arguments[1], *options, run);
    vd::print_finished(arguments[0], run);
  };
}

vd::VerbBody declare_check(vd::OptionTable&) {
  return [](const std::vector<std::string>& clips, vd::Run& run) {
    if (clips.empty()) throw vd::MisuseError("", "no clip named");
    bool is_good = true;
    for (const auto& folder : clips) {
      const vd::ClipCheck check = vd::check_clip(folder);
      vd::print_result(run.common.json ? vd::clip_check_json(folder, check) : vd::clip_check_text(check));
      is_good = is_good && check.bad.empty();
    }
    if (!is_good) throw vd::AlreadySaid();
  };
}

vd::VerbBody declare_synth(vd::OptionTable& table) {
  auto options = std::make_shared<vd::SceneOptions>();
  vd::describe(*options, table);
  return [options](const std::vector<std::string>& names, vd::Run& run) {
    if (names.size() != 1) throw vd::MisuseError("", "name one scene: " + vd::scene_list());
    vd::print_finished(vd::synth_stage(names[0], *options, run), run);
  };
}

}  // namespace

int main(int argc, char** argv) {
  vd::CommonOptionsUse import_use;
  import_use.frames = import_use.native_size = import_use.seed = import_use.items = false;
  import_use.output_help = "folder of the clip";
  import_use.memory = false;  // it holds one frame at a time
  vd::CommonOptionsUse info_use = import_use;
  info_use.output = info_use.force = false;
  vd::CommonOptionsUse result_use;
  result_use.frames = result_use.seed = false;
  vd::CommonOptionsUse synth_use = import_use;
  synth_use.seed = synth_use.items = synth_use.memory = true;
  return vd::run_verbs(
      {"vd-clip",
       "Make and inspect clips, the folders that all programs of vd work on.",
       "ARGUMENTS",
       {"vd-clip import beach.mp4", "vd-clip import frames/ -o beach --fps 10", "vd-clip info beach",
        "vd-clip synth room -o room --seed 3"}},
      argc, argv,
      {{{"import",
         "make a clip of a video, a folder of images or a sample folder",
         "SOURCE...",
         {"vd-clip import beach.mp4", "vd-clip import frames/ -o beach --image-fps 30",
          "vd-clip import drive.mp4 --frames 100:200 --max-side 640 --intrinsics 1000,1000,959.5,539.5"},
         import_use},
        declare_import,
        true},
       {{"import-stereo",
         "make a clip of a calibrated pair of views",
         "LEFT RIGHT",
         {"vd-clip import-stereo im0.png im1.png --calib calib.txt -o pair",
          "vd-clip import-stereo im0.png im1.png --calib calib.txt --disparity disp0.pfm -o pair"},
         import_use},
        declare_import_stereo},
       {{"info",
         "say what is in a clip",
         "[CLIP...]",
         {"vd-clip info beach", "vd-clip import beach.mp4 | vd-clip info --json"},
         info_use},
        declare_info,
        true,
        true},
       {{"import-stage",
         "take a result of another program into a clip",
         "CLIP SOURCE",
         {"vd-clip import-stage beach demo/beach --kind depth",
          "vd-clip import-stage beach beach_depths.npz --kind inverse -o vda",
          "vd-clip import-stage beach masks/ --kind mask -o mine"},
         result_use},
        declare_import_result},
       {{"check",
         "read every file of a clip and name those that are damaged, missing or out of date",
         "[CLIP...]",
         {"vd-clip check beach", "vd-align beach | vd-clip check --json"},
         info_use},
        declare_check,
        true,
        true},
       {{"synth",
         "render a scene with exact truth: " + vd::scene_list(),
         "SCENE",
         {"vd-clip synth room -o room", "vd-clip synth street -o street --seed 7 --length 48"},
         synth_use},
        declare_synth}});
}
