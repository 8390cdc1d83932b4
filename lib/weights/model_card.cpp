// SPDX-License-Identifier: Apache-2.0
#include "weights/model_card.h"

#include <algorithm>
#include <functional>
#include <map>

#include "core/atomic_file.h"
#include "core/error.h"
#include "weights/text_of_file.h"

namespace vd {
namespace {

using Kind = Literal::Kind;
/// Takes a member into the card; false when it is of the wrong kind.
using Setter = std::function<bool(ModelCard&, const Literal&)>;

Setter text_setter(std::string ModelCard::*field) {
  return [field](ModelCard& card, const Literal& value) {
    card.*field = value.text;
    return value.kind == Kind::text && !value.text.empty();
  };
}

Setter number_setter(std::uint64_t ModelCard::*field) {
  return [field](ModelCard& card, const Literal& value) {
    card.*field = static_cast<std::uint64_t>(value.integer);
    return value.kind == Kind::integer && value.integer >= 0;
  };
}

Setter list_setter(std::vector<std::string> ModelCard::*field) {
  return [field](ModelCard& card, const Literal& value) {
    bool good = value.kind == Kind::list;
    for (const Literal& item : value.items) {
      good = good && item.kind == Kind::text;
      (card.*field).push_back(item.text);
    }
    return good;
  };
}

struct Member {
  Setter set;
  bool required = true;
};

const std::map<std::string, Member>& members() {
  static const std::map<std::string, Member> all = {
      {"name", {text_setter(&ModelCard::name)}},
      {"architecture", {text_setter(&ModelCard::architecture)}},
      {"task", {text_setter(&ModelCard::task)}},
      {"files", {list_setter(&ModelCard::files)}},
      {"hub", {list_setter(&ModelCard::hub), false}},
      {"source", {text_setter(&ModelCard::source)}},
      {"licence", {text_setter(&ModelCard::licence)}},
      {"tensors", {number_setter(&ModelCard::tensors), false}},
      {"parameters", {number_setter(&ModelCard::parameters), false}},
      {"bytes", {number_setter(&ModelCard::bytes), false}},
      {"output", {text_setter(&ModelCard::output)}},
      {"config", {[](ModelCard& card, const Literal& value) {
         card.config = value;
         return value.kind == Kind::object;
       }}},
      {"notes", {list_setter(&ModelCard::notes), false}},
  };
  return all;
}

}  // namespace

ModelCard decode_model_card(std::string_view text, const std::string& where) {
  constexpr std::size_t most_values = 10000;
  const Literal object = parse_json_literal(text, where, most_values);
  if (object.kind != Kind::object) throw Error(where, "a model card is an object");
  ModelCard card;
  for (const auto& [name, value] : object.members) {
    const auto member = members().find(name);
    if (member == members().end()) throw Error(where, "a model card has no member " + in_quotes(name));
    if (!member->second.set(card, value))
      throw Error(where, name + " cannot be " + value.kind_word() + " like this");
  }
  for (const auto& [name, member] : members()) {
    if (member.required && object.find(name) == nullptr) throw Error(where, "the model card lacks " + name);
  }
  return card;
}

ModelCard read_model_card(const std::filesystem::path& path) {
  constexpr std::size_t most_bytes = 1 << 20;
  return decode_model_card(read_text(path, most_bytes), path.string());
}

std::vector<ModelCard> read_model_cards(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<ModelCard> cards;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    cards.push_back(read_model_card(entry.path()));
    if (cards.back().name != entry.path().stem().string()) {
      throw Error(entry.path().string(),
                  "its name, " + in_quotes(cards.back().name) + ", is not that of the file");
    }
  }
  if (error) throw Error(folder.string(), error.message());
  std::sort(cards.begin(), cards.end(),
            [](const ModelCard& a, const ModelCard& b) { return a.name < b.name; });
  return cards;
}

}  // namespace vd
