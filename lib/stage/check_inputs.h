// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace vd {

/// Files of the clip that a record says its stage was made from: those of a folder that are still there, or
/// the one file, by the name of that folder or file in the record. Inputs from outside the clip, and folders
/// that are gone, cannot be told and are left out.
[[nodiscard]] std::map<std::string, std::vector<std::filesystem::path>> recorded_inputs(
    const std::filesystem::path& clip, const nlohmann::json& record);

/// What is no longer true of the inputs of a stage, in words; empty when all is as it was.
///
/// record  of the stage; digests  of the files that recorded_inputs names
[[nodiscard]] std::string stale_inputs(const std::filesystem::path& clip, const nlohmann::json& record,
                                       const std::map<std::filesystem::path, std::string>& digests);

}  // namespace vd
