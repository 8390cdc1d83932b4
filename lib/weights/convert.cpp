// SPDX-License-Identifier: Apache-2.0
#include "weights/convert.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/usage.h"
#include "weights/dust3r_config.h"
#include "weights/loading_report.h"
#include "weights/safetensors.h"
#include "weights/text_of_file.h"

namespace vd {
namespace {

std::uint64_t bytes_of_all(const WeightFile& weights) {
  std::uint64_t sum = 0;
  for (const TensorView& tensor : weights.tensors) sum += byte_count(tensor);
  return sum;
}

std::uint64_t numbers_of_all(const WeightFile& weights) {
  std::uint64_t sum = 0;
  for (const TensorView& tensor : weights.tensors) sum += element_count(tensor);
  return sum;
}

/// Views that repeat or share elements are written out one by one.
void refuse_growth(const WeightFile& weights) {
  constexpr std::uint64_t harmless_bytes = 64 << 20;
  const std::uint64_t stored = weights.file->bytes().size();
  const std::uint64_t written = bytes_of_all(weights);
  if (written <= 4 * stored + harmless_bytes) return;
  throw Error(weights.where,
              fmt::format("its {} bytes stand for {} bytes of tensors, which is not done", stored, written));
}

std::string size_text(std::uint64_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (number >= 1e9) return fmt::format("{:.2f} GB", number / 1e9);
  return number >= 1e6 ? fmt::format("{:.1f} MB", number / 1e6) : fmt::format("{} bytes", bytes);
}

std::optional<Dust3rConfig> config_of(const WeightFile& weights, const WeightReadOptions& options) {
  return options.read_args ? stated_dust3r_config(weights) : std::nullopt;
}

}  // namespace

void describe(WeightReadOptions& options, OptionTable& table) {
  table.topic("Weights");
  table.flag("--read-args", options.read_args,
             "read the network's description in a checkpoint (args.model), and refuse what vd cannot read");
}

ConvertReport convert_weights(const std::filesystem::path& from, const std::filesystem::path& to,
                              const WeightReadOptions& options) {
  Stopwatch watch;
  const WeightFile weights = open_weights(from);
  refuse_growth(weights);
  std::map<std::string, std::string> metadata = weights.metadata;
  metadata["format"] = "pt";
  ConvertReport report;
  if (const auto config = config_of(weights, options)) {
    metadata[dust3r_config_key] = dust3r_json(*config);
    report.unknown_arguments = config->unknown_arguments;
  }
  report.check_s = watch.lap();
  // A safetensors file's own further names stay, each of the tensor it had.
  metadata.insert(weights.aliases.begin(), weights.aliases.end());
  write_safetensors(to, weights.tensors, metadata, weights.file.get());
  report.write_s = watch.lap();
  const WeightFile written = open_weights(to, WeightCheck::structure);
  report.tensors = written.tensors.size();
  report.aliases = written.aliases.size();
  report.bytes = bytes_of_all(written);
  return report;
}

std::string conversion_json(const ConvertReport& report, const std::string& to) {
  return fmt::format(
      "{{\"file\": {}, \"tensors\": {}, \"aliases\": {}, \"bytes\": {}, \"read_s\": {:.3f}, \"write_s\": "
      "{:.3f}}}\n",
      json_string(to), report.tensors, report.aliases, report.bytes, report.check_s, report.write_s);
}

std::string weight_list_text(const WeightFile& weights, const WeightReadOptions& options) {
  std::string text =
      fmt::format("# {}: {}, {} tensors, {} numbers, {}\n", weights.where, weights.format,
                  weights.tensors.size(), numbers_of_all(weights), size_text(bytes_of_all(weights)));
  if (const auto config = config_of(weights, options)) {
    text += fmt::format("# {} {}\n", config->network, dust3r_json(*config));
  }
  for (const auto& [name, value] : weights.numbers) text += fmt::format("# {} {}\n", name, value);
  std::size_t width = 0;
  for (const TensorView& tensor : weights.tensors)
    width = std::max(width, std::min<std::size_t>(tensor.name.size(), 72));
  for (const TensorView& tensor : weights.tensors) {
    text += fmt::format("{:<{}} {:<8} {}\n", tensor.name, width, type_word(tensor.type),
                        shape_text(tensor.shape));
  }
  for (const auto& [alias, name] : weights.aliases) text += fmt::format("{:<{}} = {}\n", alias, width, name);
  return text;
}

std::string weight_list_json(const WeightFile& weights, const WeightReadOptions& options) {
  std::string text = fmt::format("{{\"file\": {}, \"format\": {}, \"numbers\": {}, \"bytes\": {}",
                                 json_string(weights.where), json_string(weights.format),
                                 numbers_of_all(weights), bytes_of_all(weights));
  if (const auto config = config_of(weights, options)) {
    // Strict JSON has no infinities, so what is a JSON text of its own stays a text.
    text += fmt::format(", \"network\": {}, \"config\": {}", json_string(config->network),
                        json_string(dust3r_json(*config)));
  }
  text += ", \"tensors\": [";
  for (const TensorView& tensor : weights.tensors) {
    text += fmt::format("{}{{\"name\": {}, \"type\": \"{}\", \"shape\": {}}}",
                        &tensor == &weights.tensors[0] ? "" : ", ", json_string(tensor.name),
                        type_word(tensor.type), shape_text(tensor.shape));
  }
  text += "], \"aliases\": {";
  bool first = true;
  for (const auto& [alias, name] : weights.aliases) {
    text += fmt::format("{}{}: {}", first ? "" : ", ", json_string(alias), json_string(name));
    first = false;
  }
  return text + "}}\n";
}

}  // namespace vd
