// SPDX-License-Identifier: Apache-2.0
#include "clip/item_key.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "clip/clip.h"
#include "clip/version.h"
#include "core/digest.h"
#include "core/parallel.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// What the record calls an input: the folder of a frame or pair, else the file, by its path inside the clip;
/// a file that the user named elsewhere, by its own name.
std::string input_name(const fs::path& clip, const fs::path& path) {
  const fs::path inside = path.lexically_relative(clip);
  if (inside.empty() || *inside.begin() == "..") return path.filename().generic_string();
  return (is_item_stem(inside.stem().string()) ? inside.parent_path() : inside).generic_string();
}

}  // namespace

InputDigests digest_inputs(const std::vector<Item>& items, const std::set<fs::path>& to_be_made) {
  std::set<fs::path> unique;
  for (const auto& item : items) unique.insert(item.inputs.begin(), item.inputs.end());
  const std::vector<fs::path> paths(unique.begin(), unique.end());
  std::vector<std::string> digests(paths.size());
  parallel_for(paths.size(), [&](std::size_t k) {
    digests[k] = to_be_made.count(paths[k]) > 0 ? "to be made" : digest_of_file(paths[k]);
  });
  InputDigests digest_of_path;
  for (std::size_t k = 0; k < paths.size(); ++k) digest_of_path[paths[k]] = digests[k];
  return digest_of_path;
}

json options_json(const OptionTable& table, const std::string& part) {
  json options = json::object();
  for (const auto& option : table.options()) {
    if (option.changes_part(part)) options[long_name(option).substr(2)] = option.get();
  }
  return options;
}

std::vector<std::string> item_keys(const Run& run, const StageSpec& spec, const std::vector<Item>& items,
                                   const InputDigests& digests) {
  const std::string stage = run.program + " " + result_version() + " " + spec.kind + " " +
                            options_json(*run.table, spec.part).dump();
  std::vector<std::string> keys;
  for (const auto& item : items) {
    Digest key;
    key.add(stage).add(item.name);
    for (const auto& input : item.inputs) key.add(input.filename().string()).add(digests.at(input));
    keys.push_back(key.hex());
  }
  return keys;
}

json files_by_folder(const fs::path& clip, const InputDigests& digests) {
  json files = json::object();
  for (const auto& [path, digest] : digests) {
    const std::string name = input_name(clip, path);
    if (path.lexically_relative(clip).parent_path() == name) files[name].push_back(path.filename().string());
  }
  return files;
}

json digests_by_folder(const fs::path& clip, const InputDigests& digests) {
  std::map<std::string, Digest> folders;
  for (const auto& [path, digest] : digests) {
    folders[input_name(clip, path)].add(path.filename().string()).add(digest);
  }
  json result = json::object();
  for (const auto& [folder, digest] : folders) result[folder] = digest.hex();
  return result;
}

}  // namespace vd
