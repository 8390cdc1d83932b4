// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "weights/literal.h"
#include "weights/number_text.h"
#include "weights/text_of_file.h"
#include "weights/text_scanner.h"

namespace vd {
namespace {

constexpr int deepest = 64;

class JsonReader {
 public:
  JsonReader(std::string_view text, const std::string& where, std::size_t max_values)
      : scanner_(text, where), values_left_(max_values) {}

  Literal read_all() {
    Literal value = read_value(0);
    scanner_.skip_space();
    if (!scanner_.at_end()) scanner_.fail("something follows the end of the JSON,");
    return value;
  }

 private:
  Literal read_value(int depth) {
    if (depth > deepest) scanner_.fail("nested too deeply,");
    if (values_left_-- == 0) scanner_.fail("more values than any file of this kind has,");
    scanner_.skip_space();
    switch (scanner_.peek()) {
      case '{':
        return read_object(depth);
      case '[':
        return read_list(depth);
      case '"': {
        Literal value;
        value.kind = Literal::Kind::text;
        value.text = read_text();
        return value;
      }
      default:
        return read_word();
    }
  }

  Literal read_object(int depth) {
    Literal value;
    value.kind = Literal::Kind::object;
    scanner_.expect('{');
    if (scanner_.accept('}')) return value;
    do {
      scanner_.skip_space();
      std::string name = read_text();
      scanner_.expect(':');
      value.members.emplace_back(std::move(name), read_value(depth + 1));
    } while (scanner_.accept(','));
    scanner_.expect('}');
    refuse_repeated_names(value);
    return value;
  }

  void refuse_repeated_names(const Literal& object) const {
    std::vector<std::string_view> names;
    names.reserve(object.members.size());
    for (const auto& member : object.members) names.push_back(member.first);
    std::sort(names.begin(), names.end());
    const auto repeated = std::adjacent_find(names.begin(), names.end());
    if (repeated != names.end()) scanner_.fail(in_quotes(*repeated) + " occurs twice,");
  }

  Literal read_list(int depth) {
    Literal value;
    value.kind = Literal::Kind::list;
    scanner_.expect('[');
    if (scanner_.accept(']')) return value;
    do {
      value.items.push_back(read_value(depth + 1));
    } while (scanner_.accept(','));
    scanner_.expect(']');
    return value;
  }

  Literal read_word() {
    Literal value;
    value.kind = Literal::Kind::real;
    if (scanner_.accept_word("Infinity")) return value.real = std::numeric_limits<double>::infinity(), value;
    if (scanner_.accept_word("-Infinity"))
      return value.real = -std::numeric_limits<double>::infinity(), value;
    if (scanner_.accept_word("NaN")) return value.real = std::numeric_limits<double>::quiet_NaN(), value;
    value.kind = Literal::Kind::none;
    if (scanner_.accept_word("null")) return value;
    value.kind = Literal::Kind::boolean;
    if (scanner_.accept_word("false")) return value;
    if (scanner_.accept_word("true")) return value.boolean = true, value;
    const auto text = scanner_.run([](unsigned char c) {
      return std::isdigit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    });
    const auto number = parse_number(text);
    if (!number) scanner_.fail(scanner_.at_end() ? "truncated JSON," : "damaged JSON,");
    return *number;
  }

  std::string read_text() {
    if (scanner_.peek() != '"') scanner_.fail(scanner_.at_end() ? "truncated JSON," : "damaged JSON,");
    (void)scanner_.take();
    std::string text;
    while (true) {
      text += scanner_.run([](unsigned char c) { return c != '"' && c != '\\' && c >= 0x20; });
      const char c = scanner_.take();
      if (c == '"') return text;
      if (c != '\\') scanner_.fail("control character in a text,");
      text += read_escape();
    }
  }

  std::string read_escape() {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = scanner_.take();
    if (letter == 'u') return utf8(read_escaped_code_point());
    const std::size_t k = letters.find(letter);
    if (k == letters.npos) scanner_.fail("unknown escape in a text,");
    return {meanings[k]};
  }

  /// Characters beyond the first 65536 are escaped as a pair of surrogates.
  std::uint32_t read_escaped_code_point() {
    const std::uint32_t first = read_hex();
    if (first < 0xD800 || first >= 0xE000) return first;
    if (first >= 0xDC00 || !scanner_.accept_word("\\u")) scanner_.fail("half a character in a text,");
    const std::uint32_t second = read_hex();
    if (second < 0xDC00 || second >= 0xE000) scanner_.fail("half a character in a text,");
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
  }

  std::uint32_t read_hex() {
    std::uint32_t value = 0;
    for (int k = 0; k < 4; ++k) {
      const char c = scanner_.take();
      if (!std::isxdigit(static_cast<unsigned char>(c))) scanner_.fail("unknown escape in a text,");
      value = value * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
  }

  TextScanner scanner_;
  std::size_t values_left_;
};

}  // namespace

Literal parse_json_literal(std::string_view text, const std::string& where, std::size_t max_values) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) throw Error(where, "empty JSON");
  return JsonReader(text, where, max_values).read_all();
}

}  // namespace vd
