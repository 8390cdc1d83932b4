// SPDX-License-Identifier: Apache-2.0
#include "weights/dust3r_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "core/atomic_file.h"
#include "core/error.h"
#include "weights/literal.h"
#include "weights/number_text.h"
#include "weights/text_of_file.h"

namespace vd {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr const char* plain_network = "AsymmetricCroCo3DStereo";
constexpr const char* descriptor_network = "AsymmetricMASt3R";

/// One argument as it stands in a file, for messages.
struct Argument {
  const std::string& name;
  const Literal& value;
  const std::string& where;

  [[noreturn]] void refuse(const std::string& reason) const { throw Error(where, name + ": " + reason); }
  void expect(Literal::Kind kind, const char* wanted) const {
    if (value.kind != kind) refuse(fmt::format("{} expected, not {}", wanted, value.kind_word()));
  }
};

std::string text_of(const Argument& argument) {
  argument.expect(Literal::Kind::text, "a text");
  return argument.value.text;
}

bool read_flag(const Argument& argument) {
  argument.expect(Literal::Kind::boolean, "a truth value");
  return argument.value.boolean;
}

int read_integer(const Argument& argument, int least, int most) {
  const Literal& value = argument.value;
  const bool is_whole_real = value.kind == Literal::Kind::real && value.real == std::floor(value.real);
  if (!is_whole_real) argument.expect(Literal::Kind::integer, "an integer");
  const double number = is_whole_real ? value.real : static_cast<double>(value.integer);
  if (!(number >= least && number <= most)) argument.refuse(fmt::format("not in {}..{}", least, most));
  return static_cast<int>(number);
}

int strict_integer(const Argument& argument, int least, int most) {
  argument.expect(Literal::Kind::integer, "an integer");
  return read_integer(argument, least, most);
}

/// Other exporters than the public one put infinities in quotes.
double read_bound(const Argument& argument, const Literal& value) {
  if (value.kind == Literal::Kind::integer) return static_cast<double>(value.integer);
  if (value.kind == Literal::Kind::text) {
    if (value.text == "inf" || value.text == "Infinity") return infinity;
    if (value.text == "-inf" || value.text == "-Infinity") return -infinity;
  }
  if (value.kind != Literal::Kind::real) argument.refuse("a range has a bound that is no number");
  if (std::isnan(value.real)) argument.refuse("NaN");
  return value.real;
}

OutputRange read_range(const Argument& argument, const std::vector<std::string>& modes) {
  argument.expect(Literal::Kind::list, "a mode and two bounds");
  const auto& items = argument.value.items;
  if (items.size() != 3 || items[0].kind != Literal::Kind::text)
    argument.refuse("a mode and two bounds expected");
  if (std::find(modes.begin(), modes.end(), items[0].text) == modes.end()) {
    argument.refuse("unknown mode " + in_quotes(items[0].text));
  }
  const OutputRange range{items[0].text, read_bound(argument, items[1]), read_bound(argument, items[2])};
  if (range.least >= range.most) argument.refuse("its least value is not below its largest");
  return range;
}

std::optional<OutputRange> read_confidence(const Argument& argument) {
  if (argument.value.kind == Literal::Kind::none) return {};
  return read_range(argument, {"exp", "sigmoid"});
}

OutputRange read_depth_mode(const Argument& argument) {
  const OutputRange range = read_range(argument, {"linear", "square", "exp"});
  if (range.least != -infinity || range.most != infinity)
    argument.refuse("only the range (-inf, inf) is supported");
  return range;
}

std::array<int, 2> read_image_size(const Argument& argument) {
  constexpr int largest = 1 << 16;
  if (argument.value.kind != Literal::Kind::list) {
    const int side = strict_integer(argument, 1, largest);
    return {side, side};
  }
  if (argument.value.items.size() != 2) argument.refuse("two sides expected");
  std::array<int, 2> sides{};
  for (std::size_t k = 0; k < 2; ++k) {
    sides[k] = strict_integer({argument.name, argument.value.items[k], argument.where}, 1, largest);
  }
  return sides;
}

using Setter = std::function<void(Dust3rConfig&, const Argument&)>;

Setter text_setter(std::string Dust3rConfig::*field) {
  return [field](Dust3rConfig& config, const Argument& a) { config.*field = text_of(a); };
}
Setter flag_setter(bool Dust3rConfig::*field) {
  return [field](Dust3rConfig& config, const Argument& a) { config.*field = read_flag(a); };
}
Setter integer_setter(int Dust3rConfig::*field, int most) {
  return
      [field, most](Dust3rConfig& config, const Argument& a) { config.*field = strict_integer(a, 1, most); };
}

/// The arguments that vd knows.
std::map<std::string, Setter> make_setters() {
  using C = Dust3rConfig;
  constexpr int widest = 16384, deepest = 256;
  return {
      {"pos_embed", text_setter(&C::pos_embed)},
      {"img_size", [](C& config, const Argument& a) { config.img_size = read_image_size(a); }},
      {"patch_size", integer_setter(&C::patch_size, 64)},
      {"patch_embed_cls", text_setter(&C::patch_embed_cls)},
      {"landscape_only", flag_setter(&C::landscape_only)},
      {"enc_embed_dim", integer_setter(&C::enc_embed_dim, widest)},
      {"enc_depth", integer_setter(&C::enc_depth, deepest)},
      {"enc_num_heads", integer_setter(&C::enc_num_heads, widest)},
      {"dec_embed_dim", integer_setter(&C::dec_embed_dim, widest)},
      {"dec_depth", integer_setter(&C::dec_depth, deepest)},
      {"dec_num_heads", integer_setter(&C::dec_num_heads, widest)},
      {"mlp_ratio", [](C& config, const Argument& a) { config.mlp_ratio = read_integer(a, 1, 64); }},
      {"norm_im2_in_dec", flag_setter(&C::norm_im2_in_dec)},
      {"head_type", text_setter(&C::head_type)},
      {"output_mode", text_setter(&C::output_mode)},
      {"depth_mode", [](C& config, const Argument& a) { config.depth_mode = read_depth_mode(a); }},
      {"conf_mode", [](C& config, const Argument& a) { config.conf_mode = read_confidence(a); }},
      {"freeze", text_setter(&C::freeze)},
      {"two_confs", flag_setter(&C::two_confs)},
      {"desc_mode", text_setter(&C::desc_mode)},
      {"desc_conf_mode", [](C& config, const Argument& a) { config.desc_conf_mode = read_confidence(a); }},
  };
}

/// "pts3d+desc24": the output of a network with local descriptors.
bool is_descriptor_output(std::string_view mode) {
  constexpr std::string_view start = "pts3d+desc";
  if (mode.substr(0, start.size()) != start || mode.size() == start.size()) return false;
  return mode.substr(start.size()).find_first_not_of("0123456789") == std::string_view::npos &&
         mode.size() < 16;
}

void check_widths(int width, int heads, const char* part, const std::string& where) {
  if (width % heads != 0 || width / heads % 4 != 0) {
    throw Error(where, fmt::format("{} of width {} cannot have {} heads", part, width, heads));
  }
}

/// What single arguments cannot say.
void check(const Dust3rConfig& config, const std::string& where) {
  if (config.rope_base() <= 0) {
    throw Error(where,
                "pos_embed " + in_quotes(config.pos_embed) + " is not supported, only RoPE and a number is");
  }
  for (const int side : config.img_size) {
    if (side % config.patch_size != 0) {
      throw Error(where, fmt::format("img_size: {} is not a multiple of {}", side, config.patch_size));
    }
  }
  check_widths(config.enc_embed_dim, config.enc_num_heads, "an encoder", where);
  check_widths(config.dec_embed_dim, config.dec_num_heads, "a decoder", where);
  const bool has_descriptors = config.head_type == "catmlp+dpt";
  if (!has_descriptors && config.head_type != "linear" && config.head_type != "dpt") {
    throw Error(where, "head_type " + in_quotes(config.head_type) + " is not supported");
  }
  if (has_descriptors ? !is_descriptor_output(config.output_mode) : config.output_mode != "pts3d") {
    throw Error(where, "output_mode " + in_quotes(config.output_mode) + " does not fit head_type " +
                           config.head_type);
  }
  if (has_descriptors != (config.network == descriptor_network)) {
    throw Error(where, "head_type " + config.head_type + " does not fit " + config.network);
  }
  if (config.patch_embed_cls != "PatchEmbedDust3R" && config.patch_embed_cls != "ManyAR_PatchEmbed") {
    throw Error(where, "patch_embed_cls " + in_quotes(config.patch_embed_cls) + " is not supported");
  }
}

Dust3rConfig read_arguments(const Literal& arguments, const std::string& where) {
  static const std::map<std::string, Setter> setters = make_setters();
  Dust3rConfig config;
  for (const auto& [name, value] : arguments.members) {
    const auto setter = setters.find(name);
    if (setter == setters.end()) {
      config.unknown_arguments.push_back(name);
    } else {
      setter->second(config, {name, value, where});
    }
  }
  return config;
}

Literal text_literal(const std::string& text) {
  Literal literal;
  literal.kind = Literal::Kind::text;
  literal.text = text;
  return literal;
}

Literal number_literal(double value) {
  Literal literal;
  const bool is_integer = std::abs(value) < 1e9 && value == std::floor(value);
  literal.kind = is_integer ? Literal::Kind::integer : Literal::Kind::real;
  literal.integer = is_integer ? static_cast<std::int64_t>(value) : 0;
  literal.real = value;
  return literal;
}

Literal flag_literal(bool value) {
  Literal literal;
  literal.kind = Literal::Kind::boolean;
  literal.boolean = value;
  return literal;
}

Literal list_literal(std::vector<Literal> items) {
  Literal literal;
  literal.kind = Literal::Kind::list;
  literal.items = std::move(items);
  return literal;
}

Literal range_literal(const std::optional<OutputRange>& range) {
  if (!range) return {};
  return list_literal({text_literal(range->mode), number_literal(range->least), number_literal(range->most)});
}

}  // namespace

Dust3rConfig::Dust3rConfig()
    : depth_mode{"exp", -infinity, infinity}, conf_mode(OutputRange{"exp", 1, infinity}) {}

double Dust3rConfig::rope_base() const {
  if (pos_embed.substr(0, 4) != "RoPE") return 0;
  const auto number = parse_number(std::string_view(pos_embed).substr(4));
  if (!number) return 0;
  const double base =
      number->kind == Literal::Kind::integer ? static_cast<double>(number->integer) : number->real;
  return std::isfinite(base) ? base : 0;
}

Dust3rConfig parse_dust3r_string(std::string_view text, const std::string& where) {
  const std::string place = where + ": args.model";
  const PythonCall call = parse_python_call(text, place);
  if (call.name != plain_network && call.name != descriptor_network) {
    throw Error(place, "describes a network that vd does not know: " + in_quotes(call.name));
  }
  Dust3rConfig config = read_arguments(call.arguments, place);
  config.network = call.name;
  check(config, place);
  return config;
}

Dust3rConfig parse_dust3r_json(std::string_view text, const std::string& where) {
  constexpr std::size_t most_values = 10000;
  const Literal arguments = parse_json_literal(text, where, most_values);
  if (arguments.kind != Literal::Kind::object)
    throw Error(where, "an object expected, not " + std::string(arguments.kind_word()));
  Dust3rConfig config = read_arguments(arguments, where);
  // A config.json does not name its class; only MASt3R has descriptors.
  config.network = config.head_type == "catmlp+dpt" ? descriptor_network : plain_network;
  check(config, where);
  return config;
}

std::string dust3r_json(const Dust3rConfig& c) {
  std::map<std::string, Literal> members = {
      {"pos_embed", text_literal(c.pos_embed)},
      {"img_size", list_literal({number_literal(c.img_size[0]), number_literal(c.img_size[1])})},
      {"patch_size", number_literal(c.patch_size)},
      {"patch_embed_cls", text_literal(c.patch_embed_cls)},
      {"landscape_only", flag_literal(c.landscape_only)},
      {"enc_embed_dim", number_literal(c.enc_embed_dim)},
      {"enc_depth", number_literal(c.enc_depth)},
      {"enc_num_heads", number_literal(c.enc_num_heads)},
      {"dec_embed_dim", number_literal(c.dec_embed_dim)},
      {"dec_depth", number_literal(c.dec_depth)},
      {"dec_num_heads", number_literal(c.dec_num_heads)},
      {"mlp_ratio", number_literal(c.mlp_ratio)},
      {"norm_im2_in_dec", flag_literal(c.norm_im2_in_dec)},
      {"head_type", text_literal(c.head_type)},
      {"output_mode", text_literal(c.output_mode)},
      {"depth_mode", range_literal(c.depth_mode)},
      {"conf_mode", range_literal(c.conf_mode)},
      {"freeze", text_literal(c.freeze)},
  };
  if (c.network == descriptor_network) {
    members["two_confs"] = flag_literal(c.two_confs);
    members["desc_mode"] = text_literal(c.desc_mode);
    members["desc_conf_mode"] = range_literal(c.desc_conf_mode ? c.desc_conf_mode : c.conf_mode);
  }
  Literal object;
  object.kind = Literal::Kind::object;
  object.members.assign(members.begin(), members.end());
  return json_text(object);
}

std::optional<Dust3rConfig> stated_dust3r_config(const WeightFile& weights) {
  if (weights.model_string) return parse_dust3r_string(*weights.model_string, weights.where);
  const auto stated = weights.metadata.find(dust3r_config_key);
  if (stated == weights.metadata.end()) return {};
  return parse_dust3r_json(stated->second, weights.where + ": " + dust3r_config_key);
}

std::optional<Dust3rConfig> find_dust3r_config(const WeightFile& weights) {
  if (auto stated = stated_dust3r_config(weights)) return stated;
  const auto beside = std::filesystem::path(weights.where).parent_path() / "config.json";
  if (weights.format != "safetensors" || !std::filesystem::exists(beside)) return {};
  constexpr std::size_t most_bytes = 1 << 20;
  return parse_dust3r_json(read_text(beside, most_bytes), beside.string());
}

}  // namespace vd
