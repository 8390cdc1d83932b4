// SPDX-License-Identifier: Apache-2.0
#include "weights/dust3r_config.h"

#include <limits>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "temporary_folder.h"
#include "weights/safetensors.h"

using namespace vd;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string refusal(const std::string& arguments) {
  try {
    (void)parse_dust3r_string("AsymmetricCroCo3DStereo(" + arguments + ")", "file");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.what();
  }
  return "";
}

bool says(const std::string& message, const std::string& part) {
  INFO(message);
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the string of the public 512 network gives its sizes", "[weights]") {
  const Dust3rConfig config = parse_dust3r_string(
      "AsymmetricCroCo3DStereo(pos_embed='RoPE100', patch_embed_cls='ManyAR_PatchEmbed', img_size=(512, "
      "512), "
      "head_type='dpt', output_mode='pts3d', depth_mode=('exp', -inf, inf), conf_mode=('exp', 1, inf), "
      "enc_embed_dim=1024, enc_depth=24, enc_num_heads=16, dec_embed_dim=768, dec_depth=12, "
      "dec_num_heads=12)",
      "file");
  CHECK(config.network == "AsymmetricCroCo3DStereo");
  CHECK(config.rope_base() == 100);
  CHECK(config.img_size == std::array<int, 2>{512, 512});
  CHECK(config.enc_depth == 24);
  CHECK(config.dec_embed_dim == 768);
  CHECK(config.head_type == "dpt");
  CHECK(config.conf_mode->least == 1);
  CHECK(config.conf_mode->most == infinity);
  CHECK(config.landscape_only);
}

TEST_CASE("what is not stated is as in the public constructor", "[weights]") {
  const Dust3rConfig config = parse_dust3r_json(R"({"pos_embed": "RoPE100"})", "file");
  CHECK(config.head_type == "linear");
  CHECK(config.img_size == std::array<int, 2>{224, 224});
  CHECK(config.enc_embed_dim == 768);
  CHECK(config.enc_depth == 12);
  CHECK(config.dec_embed_dim == 512);
  CHECK(config.dec_num_heads == 16);
  CHECK(config.depth_mode.least == -infinity);
  CHECK(config.mlp_ratio == 4);
  CHECK(config.freeze == "none");
}

TEST_CASE("values that vd cannot run are refused by name", "[weights]") {
  CHECK(refusal("pos_embed='RoPE100'").empty());
  CHECK(refusal("pos_embed='RoPE10.5', mlp_ratio=4.0, img_size=256, conf_mode=None").empty());
  CHECK(says(refusal(""), "'cosine' is not supported"));
  CHECK(says(refusal("pos_embed='RoPE'"), "not supported"));
  CHECK(says(refusal("pos_embed='RoPE-1'"), "not supported"));
  CHECK(says(refusal("pos_embed=100"), "pos_embed: a text expected"));
  CHECK(says(refusal("pos_embed='RoPE100', img_size=(500, 512)"), "500 is not a multiple of 16"));
  CHECK(says(refusal("pos_embed='RoPE100', img_size=(512,)"), "two sides"));
  CHECK(says(refusal("pos_embed='RoPE100', enc_depth=-1"), "not in 1..256"));
  CHECK(says(refusal("pos_embed='RoPE100', enc_depth=257"), "not in 1..256"));
  CHECK(says(refusal("pos_embed='RoPE100', enc_depth=inf"), "an integer expected"));
  CHECK(says(refusal("pos_embed='RoPE100', enc_depth=12.0"), "an integer expected"));
  CHECK(says(refusal("pos_embed='RoPE100', enc_depth=True"), "an integer expected"));
  CHECK(says(refusal("pos_embed='RoPE100', mlp_ratio=4.5"), "an integer expected"));
  CHECK(says(refusal("pos_embed='RoPE100', enc_embed_dim=100, enc_num_heads=16"), "cannot have 16 heads"));
  CHECK(says(refusal("pos_embed='RoPE100', dec_embed_dim=18, dec_num_heads=3"), "cannot have 3 heads"));
  CHECK(says(refusal("pos_embed='RoPE100', head_type='mlp'"), "'mlp' is not supported"));
  CHECK(says(refusal("pos_embed='RoPE100', output_mode='pts3d+desc24'"), "does not fit"));
  CHECK(says(refusal("pos_embed='RoPE100', head_type='catmlp+dpt', output_mode='pts3d+desc24'"),
             "does not fit"));
  CHECK(says(refusal("pos_embed='RoPE100', depth_mode=('exp', 0, inf)"), "(-inf, inf)"));
  CHECK(says(refusal("pos_embed='RoPE100', conf_mode=('exp', 1, nan)"), "NaN"));
  CHECK(says(refusal("pos_embed='RoPE100', conf_mode=('exp', 1, 1)"), "least value"));
  CHECK(says(refusal("pos_embed='RoPE100', conf_mode=('tanh', 0, 1)"), "unknown mode 'tanh'"));
  CHECK_THROWS_AS(parse_dust3r_string("CroCoNet(pos_embed='RoPE100')", "file"), Error);
  CHECK_THROWS_AS(parse_dust3r_json("[1, 2, 3]", "file"), Error);
}

TEST_CASE("a configuration is written as it is read", "[weights][property]") {
  for (
      const char* text :
      {R"({"pos_embed": "RoPE100", "img_size": [512, 384], "head_type": "dpt", "conf_mode": null, "later": {"x": 1}})",
       R"({"pos_embed": "RoPE100", "head_type": "catmlp+dpt", "output_mode": "pts3d+desc24", "two_confs": true,
            "desc_conf_mode": ["exp", 0, "inf"]})"}) {
    const Dust3rConfig config = parse_dust3r_json(text, "file");
    const std::string written = dust3r_json(config);
    CHECK(dust3r_json(parse_dust3r_json(written, "file")) == written);
    CHECK(parse_dust3r_json(written, "file").network == config.network);
  }
  CHECK(parse_dust3r_json(R"({"pos_embed": "RoPE100", "later": {"x": 1}})", "file").unknown_arguments ==
        std::vector<std::string>{"later"});
}

TEST_CASE("a file of a model hub is described by config.json beside it", "[weights]") {
  const vd::test::TemporaryFolder folder;
  write_safetensors(folder / "model.safetensors", {}, {{"format", "pt"}});
  const WeightFile weights = open_weights(folder / "model.safetensors");
  CHECK_FALSE(find_dust3r_config(weights));
  write_text(folder / "config.json", R"({"pos_embed": "RoPE50", "conf_mode": ["exp", 1, Infinity]})");
  CHECK_FALSE(stated_dust3r_config(weights));
  CHECK(find_dust3r_config(weights)->rope_base() == 50);
  // What the file itself says comes first.
  write_safetensors(folder / "model.safetensors", {}, {{dust3r_config_key, R"({"pos_embed": "RoPE75"})"}});
  CHECK(find_dust3r_config(open_weights(folder / "model.safetensors"))->rope_base() == 75);
}
