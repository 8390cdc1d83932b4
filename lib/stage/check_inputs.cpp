// SPDX-License-Identifier: Apache-2.0
#include "stage/check_inputs.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "clip/clip.h"
#include "core/digest.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

using Files = std::vector<fs::path>;

/// Files of a folder that are named like frames and pairs, as items of stages are.
Files item_files(const fs::path& folder) {
  Files files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (is_item_stem(entry.path().stem().string())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The files of a folder that were read, where the record lists them.
std::optional<Files> listed_files(const fs::path& folder, const json& record, const std::string& input) {
  if (!record.contains("input_files") || !record["input_files"].is_object()) return {};
  const json& lists = record["input_files"];
  if (!lists.contains(input) || !lists[input].is_array()) return {};
  Files files;
  for (const json& name : lists[input]) {
    if (name.is_string()) files.push_back(folder / name.get<std::string>());
  }
  return files;
}

std::string digest_of_files(const Files& files, const std::map<fs::path, std::string>& digests) {
  Digest digest;
  for (const fs::path& file : files) {
    const auto found = digests.find(file);
    if (found == digests.end()) return "";
    digest.add(file.filename().string()).add(found->second);
  }
  return digest.hex();
}

/// Files of frames that the items of a record name, and of pairs of such frames: what a run with --frames
/// reads.
Files files_of_items(const Files& files, const json& record) {
  std::set<std::string> frames;
  if (record.contains("items") && record["items"].is_object()) {
    for (const auto& [name, key] : record["items"].items()) {
      for (std::size_t at = 0; at < name.size(); at += 7) frames.insert(name.substr(at, 6));
    }
  }
  Files kept;
  for (const fs::path& file : files) {
    const std::string stem = file.stem().string();
    if (frames.count(stem.substr(0, 6)) > 0 && (stem.size() < 13 || frames.count(stem.substr(7)) > 0)) {
      kept.push_back(file);
    }
  }
  return kept;
}

}  // namespace

std::map<std::string, Files> recorded_inputs(const fs::path& clip, const json& record) {
  std::map<std::string, Files> inputs;
  if (!record.is_object() || !record.contains("inputs") || !record["inputs"].is_object()) return inputs;
  for (const auto& [name, digest] : record["inputs"].items()) {
    const fs::path path = clip / name;
    if (fs::is_regular_file(path)) inputs[name] = {path};
    if (fs::is_directory(path)) inputs[name] = listed_files(path, record, name).value_or(item_files(path));
  }
  return inputs;
}

std::string stale_inputs(const fs::path& clip, const json& record,
                         const std::map<fs::path, std::string>& digests) {
  std::string changed;
  for (const auto& [name, files] : recorded_inputs(clip, record)) {
    const json& recorded = record["inputs"][name];
    bool is_true = recorded == digest_of_files(files, digests);
    // Without a list of what was read, all of a folder, or the frames of the items, may have been; where
    // neither fits, only the frames themselves can be judged.
    if (!is_true && fs::is_directory(clip / name) && !listed_files(clip / name, record, name)) {
      is_true = recorded == digest_of_files(files_of_items(files, record), digests) || name != "rgb";
    }
    if (!is_true) changed += (changed.empty() ? "" : ", ") + name;
  }
  return changed;
}

}  // namespace vd
