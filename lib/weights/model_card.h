// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "weights/literal.h"

namespace vd {

/// What vd knows of one public set of weights: models/NAME.json.
struct ModelCard {
  std::string name;                // "dust3r-512-dpt", as a user types it
  std::string architecture;        // which network, "dust3r"
  std::string task;                // "pointmap", "mono", "flow", "track", "refine"
  std::vector<std::string> files;  // names of the public file, the present one first
  std::vector<std::string> hub;    // names in a model hub
  std::string source;              // whose publication, and where users get the file
  std::string licence;             // of the weights, as their authors state it
  std::uint64_t tensors = 0;       // expected; 0 where nobody has looked
  std::uint64_t parameters = 0;
  std::uint64_t bytes = 0;  // expected size of the file, about
  std::string output;       // what it predicts, in which unit
  Literal config;           // dimensions and settings, an object; their meaning is the network's
  std::vector<std::string> notes;
};

/// Throws Error on damage, on missing and on unknown members.
[[nodiscard]] ModelCard read_model_card(const std::filesystem::path& path);
[[nodiscard]] ModelCard decode_model_card(std::string_view text, const std::string& where);

/// All cards of a folder, by name. Throws Error when the folder cannot be read, or a card's name is not that
/// of its file.
[[nodiscard]] std::vector<ModelCard> read_model_cards(const std::filesystem::path& folder);

}  // namespace vd
