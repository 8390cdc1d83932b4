// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "clip/program.h"
#include "core/error.h"
#include "core/log.h"
#include "weights/convert.h"

namespace {

vd::VerbBody declare_convert(vd::OptionTable& table) {
  auto options = std::make_shared<vd::WeightReadOptions>();
  vd::describe(*options, table);
  return [options](const std::vector<std::string>& files, vd::Run& run) {
    if (files.size() != 2) throw vd::MisuseError("", "name the weights to read and the file to write");
    const std::filesystem::path target(files[1]);
    if (target.extension() != ".safetensors")
      throw vd::MisuseError(files[1], "the file to write must end in .safetensors");
    if (!run.common.force && std::filesystem::exists(target))
      throw vd::Error(files[1], "is there already; --force replaces it");
    const auto report = vd::convert_weights(files[0], target, *options);
    for (const auto& name : report.unknown_arguments)
      vd::log_warning(files[0] + ": argument '" + name + "' is not known");
    vd::log_note(fmt::format("{} tensors, {} further names, {} bytes; read in {:.2f} s, written in {:.2f} s",
                             report.tensors, report.aliases, report.bytes, report.check_s, report.write_s));
    vd::print_result(run.common.json ? vd::conversion_json(report, files[1]) : files[1] + "\n");
  };
}

vd::VerbBody declare_list(vd::OptionTable& table) {
  auto options = std::make_shared<vd::WeightReadOptions>();
  vd::describe(*options, table);
  return [options](const std::vector<std::string>& files, vd::Run& run) {
    if (files.empty()) throw vd::MisuseError("", "name a file of weights");
    for (const auto& file : files) {
      const vd::WeightFile weights = vd::open_weights(file);
      vd::print_result(run.common.json ? vd::weight_list_json(weights, *options)
                                       : vd::weight_list_text(weights, *options));
    }
  };
}

}  // namespace

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.output = use.frames = use.native_size = use.seed = use.items = false;
  vd::CommonOptionsUse list_use = use;
  list_use.force = false;
  // --list FILE is the verb, as a user of other trainers types it.
  std::vector<char*> words(argv, argv + argc);
  std::string list = "list";
  if (argc > 1 && std::string(argv[1]) == "--list") words[1] = list.data();
  return vd::run_verbs({"vd-train",
                        "Read, check and convert the weights of networks.",
                        "ARGUMENTS",
                        {"vd-train list dust3r.pth", "vd-train convert dust3r.pth dust3r.safetensors"}},
                       argc, words.data(),
                       {{{"convert",
                          "rewrite a checkpoint of PyTorch as safetensors",
                          "INPUT OUTPUT.safetensors",
                          {"vd-train convert dust3r.pth dust3r.safetensors",
                           "vd-train convert raft-things.pth raft.safetensors --verbose"},
                          use},
                         declare_convert},
                        {{"list",
                          "print names, types and shapes of the tensors of weight files",
                          "FILE...",
                          {"vd-train list dust3r.pth", "vd-train list model.safetensors --json"},
                          list_use},
                         declare_list,
                         true}});
}
