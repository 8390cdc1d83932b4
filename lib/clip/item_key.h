// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "clip/run.h"
#include "clip/stage_session.h"

namespace vd {

/// Content digest of every file that the items read, each file read once. Files that are yet to be made have
/// none, and so never the one that was noted. Throws Error when another file cannot be read.
using InputDigests = std::map<std::filesystem::path, std::string>;
[[nodiscard]] InputDigests digest_inputs(const std::vector<Item>& items,
                                         const std::set<std::filesystem::path>& to_be_made = {});

/// Keys of items: digest of program, options that change the result, and content of the item's inputs. Equal
/// keys mean that computing the item again would give the same bytes.
[[nodiscard]] std::vector<std::string> item_keys(const Run& run, const StageSpec& spec,
                                                 const std::vector<Item>& items, const InputDigests& digests);

/// One digest for every folder (or single file) that was read, keyed by its path inside the clip.
[[nodiscard]] nlohmann::json digests_by_folder(const std::filesystem::path& clip,
                                               const InputDigests& digests);

/// Names of the files behind each of those digests that stands for a folder of items, in the order in which
/// it was made: with them it can be made again.
[[nodiscard]] nlohmann::json files_by_folder(const std::filesystem::path& clip, const InputDigests& digests);

/// The options that change a part of the results (all results where none is named), by their long names
/// without dashes.
[[nodiscard]] nlohmann::json options_json(const OptionTable& table, const std::string& part = "");

}  // namespace vd
