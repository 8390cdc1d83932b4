// SPDX-License-Identifier: Apache-2.0
#include "models/mono/mono_network.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "core/error.h"
#include "models/depth_anything_v2/config.h"
#include "models/depth_pro/config.h"
#include "models/midas/config.h"

using namespace vd;
using namespace vd::nn;
namespace fs = std::filesystem;

namespace {

const fs::path shared = VD_TEST_SHARED;

/// A file with the names and shapes of a public one and no numbers.
WeightFile published(const std::string& keys) {
  WeightFile weights;
  weights.where = keys;
  const auto shapes = nlohmann::json::parse(std::ifstream(shared / "reference/keys" / (keys + ".json")));
  for (const auto& [name, shape] : shapes.items()) {
    weights.places[name] = weights.tensors.size();
    weights.tensors.push_back({name, StoredType::f32, shape.get<std::vector<std::int64_t>>(), {}});
  }
  return weights;
}

bool is_missing(const fs::path& path) {
  if (fs::exists(path)) return false;
  WARN("skipped: no " << path.filename());
  return true;
}

}  // namespace

TEST_CASE("the shapes of public files tell the published sizes", "[networks]") {
  if (is_missing(shared / "reference/keys")) return;
  const std::string size = GENERATE("vits", "vitb", "vitl");
  const DepthAnythingV2Config stated = depth_anything_v2_config(size);
  const DepthAnythingV2Config found = depth_anything_v2_config_of(published("depth_anything_v2_" + size));
  CHECK(found.encoder.block.width == stated.encoder.block.width);
  CHECK(found.encoder.block.heads == stated.encoder.block.heads);
  CHECK(found.encoder.grid == stated.encoder.grid);
  CHECK(found.encoder.patch == stated.encoder.patch);
  CHECK(found.layers == stated.layers);
  CHECK(found.channels == stated.channels);
  CHECK(found.features == stated.features);
  const DepthProConfig pro = depth_pro_config_of(published("depth_pro"));
  CHECK(pro.transformer.block.heads == 16);
  CHECK(pro.image_px() == 1536);
  CHECK(pro.hooks == DepthProConfig().hooks);
  CHECK(pro.channels == DepthProConfig().channels);
  CHECK(pro.features == 256);
  const DptConfig hybrid = dpt_config_of(published("dpt_hybrid"));
  CHECK(hybrid.hooks == dpt_hybrid_config().hooks);
  CHECK(hybrid.stem.blocks == dpt_hybrid_config().stem.blocks);
  CHECK(hybrid.stem.channels == dpt_hybrid_config().stem.channels);
  CHECK(hybrid.channels == dpt_hybrid_config().channels);
  CHECK(dpt_config_of(published("dpt_large")).hooks == dpt_large_config().hooks);
  CHECK(dpt_config_of(published("dpt_large")).transformer.block.heads == 16);
  const MidasV21Config large = midas_v21_config_of(published("midas_v21"));
  CHECK(large.groups == 32);
  CHECK(large.width_per_group == 8);
  CHECK(large.blocks == MidasV21Config().blocks);
  CHECK(large.planes == MidasV21Config().planes);
  const MidasV21SmallConfig small = midas_v21_small_config_of(published("midas_v21_small"));
  for (std::size_t k = 0; k < small.stages.size(); ++k) {
    CHECK(small.stages[k].blocks == MidasV21SmallConfig().stages[k].blocks);
    CHECK(small.stages[k].channels == MidasV21SmallConfig().stages[k].channels);
  }
}

TEST_CASE("a mono network is known by its file and speaks at the size of the image", "[networks]") {
  struct Case {
    const char* fixture;
    const char* name;
    MonoQuantity quantity;
    std::optional<double> max_depth_m;
  };
  const Case which =
      GENERATE(Case{"depth_anything_v2", "depth-anything-v2", MonoQuantity::relative_inverse_depth, {}},
               Case{"depth_anything_v2_metric", "depth-anything-v2", MonoQuantity::metric_depth, 20.0},
               Case{"depth_pro", "depth-pro", MonoQuantity::metric_depth, {}},
               Case{"midas_dpt", "dpt-large", MonoQuantity::relative_inverse_depth, {}},
               Case{"midas_dpt_hybrid", "dpt-hybrid", MonoQuantity::relative_inverse_depth, {}},
               Case{"midas_v21", "midas-v21", MonoQuantity::relative_inverse_depth, {}},
               Case{"midas_v21_small", "midas-v21-small", MonoQuantity::relative_inverse_depth, {}});
  const fs::path path = shared / "fixtures" / which.fixture / "weights.safetensors";
  if (is_missing(path)) return;
  const WeightFile weights = open_weights(path);
  MonoNetworkSettings settings;
  settings.max_depth_m = which.max_depth_m;
  settings.input_size_px = 64;
  const auto network = open_mono_network(weights, settings);
  INFO(which.fixture);
  CHECK(network->name() == which.name);
  CHECK(network->quantity() == which.quantity);
  const RgbImage image(50, 40, 128);
  const MonoEstimate estimate = network->estimate(image, 60.0);
  CHECK(estimate.values.width() == 50);
  CHECK(estimate.values.height() == 40);
  for (const float value : estimate.values.values()) REQUIRE(std::isfinite(value));
  CHECK(estimate.focal_px.has_value() == (std::string(which.name) == "depth-pro"));
  if (std::string(which.name) == "depth-anything-v2") return;
  settings.max_depth_m = 20;
  CHECK_THROWS_AS(open_mono_network(weights, settings), Error);
}

TEST_CASE("a file of another network is refused", "[networks]") {
  WeightFile weights;
  weights.where = "other.pth";
  CHECK_THROWS_AS(open_mono_network(weights), Error);
}
