// SPDX-License-Identifier: Apache-2.0
#include "weights/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <tuple>

#include "core/atomic_file.h"
#include "core/error.h"
#include "weights/literal.h"
#include "weights/little_endian.h"
#include "weights/text_of_file.h"

namespace vd {
namespace {

constexpr std::size_t most_header_bytes = 100'000'000;
constexpr std::size_t most_axes = 16;

std::string_view take_header(std::string_view bytes, const std::string& where) {
  if (bytes.size() < 8) throw Error(where, "truncated: shorter than the length of its header");
  const auto length = little_endian_at<std::uint64_t>(bytes, 0);
  if (length > bytes.size() - 8) {
    throw Error(
        where, fmt::format("truncated: its header is {} bytes long, {} are there", length, bytes.size() - 8));
  }
  if (length > most_header_bytes) throw Error(where, "its header is longer than 100 MB");
  return bytes.substr(8, length);
}

std::uint64_t natural_number(const Literal& value, const std::string& name, const std::string& where) {
  if (value.kind != Literal::Kind::integer || value.integer < 0) {
    throw Error(where, in_quotes(name) + " has a size or place that is no natural number");
  }
  return static_cast<std::uint64_t>(value.integer);
}

const Literal& member(const Literal& entry, const char* key, Literal::Kind kind, const std::string& name,
                      const std::string& where) {
  const Literal* const found = entry.find(key);
  if (found == nullptr || found->kind != kind) {
    throw Error(where, fmt::format("{} has no {} that could be read", in_quotes(name), key));
  }
  return *found;
}

/// A tensor as the header states it, and its first and last byte among the elements.
struct Placed {
  TensorView tensor;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Placed read_entry(const std::string& name, const Literal& entry, const std::string& where) {
  if (!is_fit_name(name)) throw Error(where, "a tensor has no fit name");
  const std::string& word = member(entry, "dtype", Literal::Kind::text, name, where).text;
  const auto type = type_of_safetensors_word(word);
  if (!type)
    throw Error(where, in_quotes(name) + " is of the type " + in_quotes(word) + ", which vd does not know");
  Placed placed;
  placed.tensor.name = name;
  placed.tensor.type = *type;
  std::uint64_t elements = 1;
  bool fits = true;
  for (const Literal& size : member(entry, "shape", Literal::Kind::list, name, where).items) {
    const std::uint64_t axis = natural_number(size, name, where);
    placed.tensor.shape.push_back(static_cast<std::int64_t>(axis));
    // An axis of no length must not hide a product that does not fit.
    std::uint64_t without_zero = 0;
    fits = fits && !__builtin_mul_overflow(elements, std::max<std::uint64_t>(axis, 1), &without_zero);
    elements = without_zero;
  }
  std::uint64_t bytes = 0;
  fits = fits && !__builtin_mul_overflow(elements, item_size(*type), &bytes);
  constexpr std::uint64_t most_elements = std::uint64_t{1} << 60;
  if (!fits || elements > most_elements || placed.tensor.shape.size() > most_axes)
    throw Error(where, in_quotes(name) + " has an impossible shape");
  if (element_count(placed.tensor) == 0) bytes = 0;
  placed.tensor.strides = c_order_strides(placed.tensor.shape);

  const auto& offsets = member(entry, "data_offsets", Literal::Kind::list, name, where).items;
  if (offsets.size() != 2) throw Error(where, in_quotes(name) + " has not two data_offsets");
  placed.begin = natural_number(offsets[0], name, where);
  placed.end = natural_number(offsets[1], name, where);
  if (placed.end < placed.begin || placed.end - placed.begin != bytes) {
    throw Error(where, in_quotes(name) + " has not as many bytes as its shape and type need");
  }
  return placed;
}

/// The elements must lie one tensor after another, with nothing between or behind them.
void check_places(const std::vector<Placed>& placed, std::uint64_t data_bytes, const std::string& where) {
  std::uint64_t end = 0;
  for (const Placed& one : placed) {
    if (one.begin != end) {
      throw Error(where, fmt::format("{} {} the tensor before it", in_quotes(one.tensor.name),
                                     one.begin < end ? "overlaps" : "leaves a hole behind"));
    }
    end = one.end;
  }
  if (end > data_bytes) {
    throw Error(where,
                fmt::format("truncated: its tensors are {} bytes long, {} are there", end, data_bytes));
  }
  if (end < data_bytes) throw Error(where, fmt::format("{} bytes follow its last tensor", data_bytes - end));
}

void read_metadata(const Literal& header, WeightFile& weights, const std::vector<Placed>& placed) {
  const Literal* const metadata = header.find("__metadata__");
  if (metadata == nullptr) return;
  if (metadata->kind != Literal::Kind::object) throw Error(weights.where, "its __metadata__ is no object");
  std::unordered_map<std::string_view, bool> names;
  for (const Placed& one : placed) names[one.tensor.name] = true;
  for (const auto& [name, value] : metadata->members) {
    if (value.kind != Literal::Kind::text)
      throw Error(weights.where, "its __metadata__ holds more than texts");
    const bool is_alias = names.count(value.text) > 0 && names.count(name) == 0 && is_fit_name(name);
    (is_alias ? weights.aliases : weights.metadata)[name] = value.text;
  }
}

std::string shape_text(const TensorView& tensor) { return fmt::format("[{}]", fmt::join(tensor.shape, ",")); }

/// Two names of one tensor, as far as that can be seen from where its elements lie.
auto identity(const TensorView& tensor) {
  return std::tie(tensor.data, tensor.type, tensor.shape, tensor.strides);
}

bool holds_elements(const TensorView& tensor) { return element_count(tensor) > 0; }

}  // namespace

WeightFile read_safetensors(const std::shared_ptr<const MappedFile>& file) {
  WeightFile weights;
  weights.where = file->where();
  weights.format = "safetensors";
  weights.file = file;
  const std::string_view header_text = take_header(file->bytes(), weights.where);
  const Literal header = parse_json_literal(header_text, weights.where);
  if (header.kind != Literal::Kind::object) throw Error(weights.where, "its header is no object");
  std::vector<Placed> placed;
  for (const auto& [name, entry] : header.members) {
    if (name != "__metadata__") placed.push_back(read_entry(name, entry, weights.where));
  }
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.begin, a.end, a.tensor.name) < std::tie(b.begin, b.end, b.tensor.name);
  });
  const std::size_t data_begin = 8 + header_text.size();
  check_places(placed, file->bytes().size() - data_begin, weights.where);
  read_metadata(header, weights, placed);
  const auto* const data = reinterpret_cast<const std::byte*>(file->bytes().data()) + data_begin;
  for (Placed& one : placed) {
    one.tensor.data = data + one.begin;
    one.tensor.owner = file;
    weights.tensors.push_back(std::move(one.tensor));
  }
  return weights;
}

SafetensorsLayout lay_out_safetensors(const std::vector<TensorView>& tensors,
                                      const std::map<std::string, std::string>& metadata) {
  SafetensorsLayout layout;
  for (const TensorView& tensor : tensors) layout.order.push_back(&tensor);
  // Names of one tensor side by side, the one that is kept first.
  std::sort(layout.order.begin(), layout.order.end(), [](const TensorView* a, const TensorView* b) {
    return std::tuple_cat(identity(*a), std::tie(a->name)) < std::tuple_cat(identity(*b), std::tie(b->name));
  });
  std::map<std::string, std::string> texts = metadata;
  std::vector<const TensorView*> kept;
  for (const TensorView* tensor : layout.order) {
    const bool is_alias =
        !kept.empty() && holds_elements(*tensor) && identity(*kept.back()) == identity(*tensor);
    if (is_alias) texts[tensor->name] = kept.back()->name;
    if (!is_alias) kept.push_back(tensor);
  }
  std::sort(kept.begin(), kept.end(), [](const TensorView* a, const TensorView* b) {
    const std::size_t size_a = item_size(a->type), size_b = item_size(b->type);
    return std::tie(size_b, a->name) < std::tie(size_a, b->name);
  });
  layout.order = std::move(kept);

  std::string json = "{\"__metadata__\":{";
  for (const auto& [name, text] : texts) {
    json += (json.back() == '{' ? "" : ",") + json_string(name) + ":" + json_string(text);
  }
  json += "}";
  std::size_t begin = 0;
  for (const TensorView* tensor : layout.order) {
    const std::size_t end = begin + byte_count(*tensor);
    json += fmt::format(",{}:{{\"dtype\":\"{}\",\"shape\":{},\"data_offsets\":[{},{}]}}",
                        json_string(tensor->name), safetensors_word(tensor->type), shape_text(*tensor), begin,
                        end);
    begin = end;
  }
  json += "}";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  const auto length = static_cast<std::uint64_t>(json.size());
  layout.header.assign(reinterpret_cast<const char*>(&length), sizeof(length));
  layout.header += json;
  return layout;
}

void write_safetensors(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata, const MappedFile* source) {
  const SafetensorsLayout layout = lay_out_safetensors(tensors, metadata);
  write_atomically(path, [&](const std::filesystem::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(layout.header.data(), static_cast<std::streamsize>(layout.header.size()));
    for (const TensorView* tensor : layout.order) {
      const bool in_place = is_contiguous(*tensor);
      visit_packed(*tensor, [&](const std::byte* bytes, std::size_t count) {
        file.write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(count));
        if (source != nullptr && in_place) source->release(bytes, count);
      });
      if (source != nullptr && !in_place) source->release(tensor->data, extent_bytes(*tensor));
    }
    file.close();
    if (!file) throw Error(path.string(), std::string("cannot write: ") + std::strerror(errno));
  });
}

}  // namespace vd
