// SPDX-License-Identifier: Apache-2.0
#include "weights/model_card.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/error.h"

using namespace vd;
namespace fs = std::filesystem;

namespace {

const fs::path models = fs::path(VD_TEST_DATA) / "../../models";

const char* const minimal =
    R"({"name": "n", "architecture": "a", "task": "mono", "files": ["f"], "source": "s", "licence": "l", "output": "o", "config": {}})";

/// The list of names and shapes of a card's public files, where it is not named as the card is.
std::string key_list(std::string name) {
  static const std::map<std::string, std::string> others = {
      {"mast3r-512", "mast3r_512_catmlpdpt"},
      {"align3r-depthpro", "align3r"},
      {"align3r-depthanything", "align3r"},
      {"d2ust3r", "d2ust3r_pointmap"},
      {"delta", "delta_densetrack3d"},
      {"sea-raft-s", "sea_raft_S"},
      {"sea-raft-m", "sea_raft_M"},
      {"sea-raft-l", "sea_raft_L"},
      {"svd-xt-vae", "svd_vae_temporal_decoder"},
      {"svd-xt-image-encoder", "svd_image_encoder"},
  };
  if (const auto found = others.find(name); found != others.end()) return found->second;
  if (name.rfind("raft-", 0) == 0) return name == "raft-small" ? "raft_small" : "raft_basic";
  if (name.rfind("dav2-", 0) == 0) {
    const bool metric = name.find("metric") != std::string::npos;
    return std::string("depth_anything_v2_") + (metric ? "metric_" : "") + "vit" + name.back();
  }
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Numbers of a list; those of a tensor with two names count twice.
std::uint64_t count_numbers(const nlohmann::json& keys) {
  std::uint64_t sum = 0;
  for (const auto& shape : keys) {
    std::uint64_t count = 1;
    for (const auto& size : shape) count *= size.get<std::uint64_t>();
    sum += count;
  }
  return sum;
}

}  // namespace

TEST_CASE("a card must be complete and hold nothing else", "[weights]") {
  CHECK_NOTHROW(decode_model_card(minimal, "file"));
  CHECK_THROWS_AS(decode_model_card("{}", "file"), Error);
  CHECK_THROWS_AS(decode_model_card("[]", "file"), Error);
  std::string text = minimal;
  text.insert(1, "\"lisence\": \"x\", ");
  CHECK_THROWS_AS(decode_model_card(text, "file"), Error);
  text = minimal;
  text.replace(text.find("[\"f\"]"), 5, "\"f\"");
  CHECK_THROWS_AS(decode_model_card(text, "file"), Error);
}

TEST_CASE("the cards that come with vd can be read and differ in name and files", "[weights]") {
  const std::vector<ModelCard> cards = read_model_cards(models);
  REQUIRE(cards.size() >= 30);
  std::set<std::string> files;
  for (const ModelCard& card : cards) {
    INFO(card.name);
    CHECK(std::set<std::string>{"pointmap", "mono", "flow", "track", "refine"}.count(card.task) == 1);
    CHECK_FALSE(card.licence.empty());
    for (const std::string& file : card.files) CHECK(files.insert(file).second);
  }
}

TEST_CASE("the table of models/README.md has one row for each card", "[weights]") {
  const std::string page = read_text(models / "README.md");
  for (const ModelCard& card : read_model_cards(models)) {
    INFO(card.name);
    const std::size_t row = page.find("| `" + card.name + "` |");
    REQUIRE(row != std::string::npos);
    const std::string line = page.substr(row, page.find('\n', row) - row);
    CHECK(line.find("| " + card.licence + " |") != std::string::npos);
  }
}

TEST_CASE("cards state as many tensors and parameters as the key lists of the public files", "[weights]") {
  const fs::path folder = fs::path(VD_TEST_SHARED) / "reference/keys";
  if (!fs::is_directory(folder)) {
    WARN("skipped: no key lists of public architectures beside the sources");
    return;
  }
  for (const ModelCard& card : read_model_cards(models)) {
    INFO(card.name);
    const auto keys = nlohmann::json::parse(read_text(folder / (key_list(card.name) + ".json")));
    CHECK(card.tensors == keys.size());
    const std::uint64_t twice = 8ULL * 829440;  // the second names of the networks with two DPT heads
    CHECK((count_numbers(keys) == card.parameters || count_numbers(keys) == card.parameters + twice));
  }
}
