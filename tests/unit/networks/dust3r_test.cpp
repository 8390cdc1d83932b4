// SPDX-License-Identifier: Apache-2.0
#include "models/dust3r/module.h"
#include "models/dust3r/pre.h"
#include "published_keys.h"

using namespace vd;
using namespace vd::nn;

namespace {

/// A network of a few numbers with random weights.
Dust3r small_network(const std::string& head) {
  PairNetworkConfig config;
  config.stated = parse_dust3r_string(
      "AsymmetricCroCo3DStereo(pos_embed='RoPE100', enc_embed_dim=16, enc_depth=2, "
      "enc_num_heads=2, dec_embed_dim=8, dec_depth=4, dec_num_heads=1, head_type='" +
          head + "', output_mode='pts3d')",
      "test");
  config.dpt = {8, 6, {4, 6, 8, 10}, {}};
  RandomParameters random(5);
  return Dust3r(Parameters(random), config);
}

Tensor random_image(std::int64_t height, std::int64_t width, double phase) {
  return at::sin(at::arange(3 * height * width, at::kFloat) * 0.37 + phase).reshape({1, 3, height, width});
}

}  // namespace

TEST_CASE("Pair networks ask for what their public files hold", "[networks]") {
  for (const char* name : {"dust3r_224_linear", "dust3r_512_linear", "dust3r_512_dpt", "monst3r",
                           "d2ust3r_pointmap", "mast3r_512_catmlpdpt", "align3r"}) {
    check_published_keys(name, [name](const Parameters& parameters) {
      return Dust3r(parameters, published_pair_network(name));
    });
  }
}

TEST_CASE("A pair in a batch comes out as it does alone", "[networks]") {
  const Dust3r network = small_network("dpt");
  const EncodedImage a = network.encode(random_image(32, 48, 0));
  const EncodedImage b = network.encode(random_image(32, 48, 1));
  const auto alone = network.predict(b, a);
  const auto batch = network.predict(concatenate({a, b}), concatenate({b, a}));
  CHECK(at::allclose(batch[0].points.narrow(0, 1, 1), alone[0].points, 1e-4, 1e-5));
  CHECK(at::allclose(batch[1].confidence.narrow(0, 1, 1), alone[1].confidence, 1e-4, 1e-5));
  CHECK(alone[0].confidence.min().item<float>() >= 1.0F);
}

TEST_CASE("Attention of the first view to the second sums to one over the second", "[networks]") {
  const Dust3r network = small_network("linear");
  const EncodedImage a = network.encode(random_image(32, 48, 0));
  const EncodedImage b = network.encode(random_image(48, 32, 1));
  const std::vector<Tensor> maps = network.attention_maps(a, b);
  REQUIRE(maps.size() == 4);
  for (const Tensor& map : maps) CHECK(at::allclose(map.sum(-1), at::ones({1, 6}), 1e-5, 1e-5));
}

TEST_CASE("Tiled attention is attention", "[networks]") {
  const Tensor q = random_image(2000, 24, 0).reshape({1, 3, 2000, 24});
  const Tensor k = random_image(3000, 24, 2).reshape({1, 3, 3000, 24});
  const Tensor v = random_image(3000, 24, 4).reshape({1, 3, 3000, 24});
  const Tensor whole = at::matmul(at::softmax(at::matmul(q, k.transpose(2, 3)) / std::sqrt(24.0), -1), v);
  CHECK(at::allclose(attention(q, k, v), whole, 1e-4, 1e-5));
}

TEST_CASE("The focal length does not change the point map of a depth", "[networks]") {
  DepthMap depth(7, 5);
  for (int k = 0; k < 35; ++k) depth.values()[k] = 1.0F + 0.1F * static_cast<float>(k % 11);
  const PointMap near = point_map_of_depth(depth, 20);
  const PointMap far = point_map_of_depth(depth, 900);
  for (std::size_t k = 0; k < near.values().size(); ++k)
    CHECK(near.values()[k] == Approx(far.values()[k]).margin(1e-5));
  depth(3, 2) = std::numeric_limits<float>::quiet_NaN();
  const PointMap mended = point_map_of_depth(depth, 20);
  CHECK(mended(3, 2, 2) == 1.0F);
}

TEST_CASE("Network images keep multiples of 16, and 4:3 of a square", "[networks]") {
  CHECK(network_input({1920, 1080}, 512).kept.height == 288);
  CHECK(network_input({1920, 1080}, 512).kept.width == 512);
  CHECK(network_input({600, 600}, 512).kept.height == 384);
  CHECK(network_input({600, 600}, 512, true).kept.height == 512);
  CHECK(network_input({640, 480}, 224).kept.width == 224);
  CHECK_THROWS_AS(network_input({4000, 20}, 512), Error);
}
