// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "catch.h"
#include "nn/parameters.h"

namespace vd::nn {

/// Checks that a network asks for exactly the names and shapes of its public weight file, listed in
/// KEYS.json. make  builds the network from Parameters; holds  tells which names the file at hand has, of
/// networks that differ by it
template <typename Make>
void check_published_keys(const std::string& keys, Make make) {
  const std::filesystem::path path =
      std::filesystem::path(VD_TEST_SHARED) / "reference/keys" / (keys + ".json");
  if (!std::filesystem::exists(path)) {
    WARN("skipped: no list of public names " << path.filename());
    return;
  }
  const auto published = nlohmann::json::parse(std::ifstream(path)).get<std::map<std::string, Shape>>();
  ParameterList list([&](const std::string& name) { return published.count(name) > 0; });
  (void)make(Parameters(list));
  std::set<std::string> wanted;
  for (const ParameterSpec& spec : list.specs()) {
    for (const std::string& name : {spec.name, spec.alias}) {
      if (name.empty() || !wanted.insert(name).second) continue;
      const auto found = published.find(name);
      INFO(keys << ": " << name);
      REQUIRE(found != published.end());
      CHECK(to_text(found->second) == to_text(spec.shape));
    }
  }
  for (const auto& [name, shape] : published) {
    INFO(keys << " holds " << name << ", which the network does not ask for");
    REQUIRE(wanted.count(name) == 1);
  }
}

}  // namespace vd::nn
