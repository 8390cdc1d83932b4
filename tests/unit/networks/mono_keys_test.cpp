// SPDX-License-Identifier: Apache-2.0
#include "models/depth_anything_v2/module.h"
#include "models/depth_pro/module.h"
#include "models/midas/module.h"
#include "published_keys.h"

using namespace vd::nn;

TEST_CASE("Depth Anything V2 asks for what its public files hold", "[networks]") {
  const std::string size = GENERATE("vits", "vitb", "vitl");
  const DepthAnythingV2Config config = depth_anything_v2_config(size);
  const auto make = [&](const Parameters& parameters) { return DepthAnythingV2(parameters, config); };
  check_published_keys("depth_anything_v2_" + size, make);
  check_published_keys("depth_anything_v2_metric_" + size, make);
}

TEST_CASE("Depth Pro asks for what its public file holds", "[networks]") {
  check_published_keys("depth_pro",
                       [](const Parameters& parameters) { return DepthPro(parameters, DepthProConfig()); });
}

TEST_CASE("the networks of MiDaS ask for what their public files hold", "[networks]") {
  check_published_keys("dpt_large",
                       [](const Parameters& parameters) { return Dpt(parameters, dpt_large_config()); });
  check_published_keys("dpt_hybrid",
                       [](const Parameters& parameters) { return Dpt(parameters, dpt_hybrid_config()); });
  check_published_keys("midas_v21",
                       [](const Parameters& parameters) { return MidasV21(parameters, MidasV21Config()); });
  check_published_keys("midas_v21_small", [](const Parameters& parameters) {
    return MidasV21Small(parameters, MidasV21SmallConfig());
  });
}
