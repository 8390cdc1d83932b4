// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "weights/literal.h"
#include "weights/number_text.h"
#include "weights/text_of_file.h"
#include "weights/text_scanner.h"

namespace vd {
namespace {

constexpr std::size_t longest_bytes = 4096;
constexpr int deepest = 16;
constexpr double infinity = std::numeric_limits<double>::infinity();

Literal real(double value) {
  Literal literal;
  literal.kind = Literal::Kind::real;
  literal.real = value;
  return literal;
}

/// Reads literals as data: there is nothing here that could call or look up anything.
class CallReader {
 public:
  CallReader(std::string_view text, const std::string& where) : scanner_(text, where) {}

  PythonCall read_all() {
    PythonCall call;
    call.arguments.kind = Literal::Kind::object;
    scanner_.skip_space();
    call.name = read_identifier();
    scanner_.expect('(');
    while (!scanner_.accept(')')) {
      scanner_.skip_space();
      std::string name = read_identifier();
      if (call.arguments.find(name) != nullptr)
        scanner_.fail("argument " + in_quotes(name) + " occurs twice,");
      scanner_.expect('=');
      call.arguments.members.emplace_back(std::move(name), read_value(0));
      if (scanner_.accept(',')) continue;
      scanner_.expect(')');
      break;
    }
    scanner_.skip_space();
    if (!scanner_.at_end()) scanner_.fail("something follows the end of the call,");
    return call;
  }

 private:
  std::string read_identifier() {
    const auto name = scanner_.run([](unsigned char c) { return std::isalnum(c) || c == '_'; });
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])))
      scanner_.fail("a name is expected");
    return std::string(name);
  }

  Literal read_value(int depth) {
    if (depth > deepest) scanner_.fail("nested too deeply,");
    scanner_.skip_space();
    const char c = scanner_.peek();
    if (c == '\'' || c == '"') return read_text();
    if (c == '(') return read_sequence('(', ')', depth);
    if (c == '[') return read_sequence('[', ']', depth);
    if (c == '-' || c == '+' || c == '.' || std::isdigit(static_cast<unsigned char>(c))) return read_number();
    return read_word();
  }

  Literal read_text() {
    Literal value;
    value.kind = Literal::Kind::text;
    const char quote = scanner_.take();
    value.text = scanner_.run([&](unsigned char c) { return c != quote && c != '\\' && c >= 0x20; });
    if (scanner_.take() != quote) scanner_.fail("escape or line break in a text,");
    return value;
  }

  /// A tuple or a list; a single value in parentheses is that value.
  Literal read_sequence(char open, char close, int depth) {
    Literal value;
    value.kind = Literal::Kind::list;
    scanner_.expect(open);
    bool comma = true;
    while (!scanner_.accept(close)) {
      if (!comma) scanner_.fail("',' expected");
      value.items.push_back(read_value(depth + 1));
      comma = scanner_.accept(',');
    }
    if (open == '(' && value.items.size() == 1 && !comma) return Literal(value.items[0]);
    return value;
  }

  Literal read_number() {
    const bool negative = scanner_.accept('-');
    if (!negative) (void)scanner_.accept('+');
    scanner_.skip_space();
    if (std::isalpha(static_cast<unsigned char>(scanner_.peek()))) {
      const Literal word = read_word();
      if (word.kind != Literal::Kind::real) scanner_.fail("a sign before no number,");
      return real(negative ? -word.real : word.real);
    }
    std::string text(scanner_.run(
        [](unsigned char c) { return std::isdigit(c) || c == '.' || c == '_' || c == 'e' || c == 'E'; }));
    // The sign of an exponent is no second number.
    if (!text.empty() && (text.back() == 'e' || text.back() == 'E') &&
        (scanner_.peek() == '-' || scanner_.peek() == '+')) {
      text += scanner_.take();
      text += scanner_.run([](unsigned char c) { return std::isdigit(c) || c == '_'; });
    }
    refuse_stray_underscores(text);
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    if (!text.empty() && text[0] == '.') text.insert(0, "0");
    if (!text.empty() && text.back() == '.') text += '0';
    const auto number = parse_number((negative ? "-" : "") + text);
    if (!number) scanner_.fail("a literal is expected");
    return *number;
  }

  /// Python has them between digits only.
  void refuse_stray_underscores(const std::string& text) const {
    for (std::size_t k = text.find('_'); k != text.npos; k = text.find('_', k + 1)) {
      const bool between = k > 0 && k + 1 < text.size() &&
                           std::isdigit(static_cast<unsigned char>(text[k - 1])) &&
                           std::isdigit(static_cast<unsigned char>(text[k + 1]));
      if (!between) scanner_.fail("a literal is expected");
    }
  }

  Literal read_word() {
    const std::string word = read_literal_word();
    Literal value;
    if (word == "None") return value;
    if (word == "True" || word == "False") {
      value.kind = Literal::Kind::boolean;
      value.boolean = word == "True";
      return value;
    }
    if (word == "inf") return real(infinity);
    if (word == "nan") return real(std::numeric_limits<double>::quiet_NaN());
    if (word == "float") return read_float_call();
    scanner_.fail(in_quotes(word) + " is no literal,");
  }

  std::string read_literal_word() {
    if (!std::isalpha(static_cast<unsigned char>(scanner_.peek())) && scanner_.peek() != '_') {
      scanner_.fail(scanner_.at_end() ? "ends too early," : "a literal is expected");
    }
    return read_identifier();
  }

  /// float('inf'), the only way to write an infinity without an import.
  Literal read_float_call() {
    scanner_.expect('(');
    scanner_.skip_space();
    if (scanner_.peek() != '\'' && scanner_.peek() != '"') scanner_.fail("a text is expected");
    const std::string text = read_text().text;
    scanner_.expect(')');
    if (text == "inf" || text == "infinity" || text == "+inf") return real(infinity);
    if (text == "-inf" || text == "-infinity") return real(-infinity);
    if (text == "nan") return real(std::numeric_limits<double>::quiet_NaN());
    scanner_.fail("only float('inf'), float('-inf') and float('nan') are read,");
  }

  TextScanner scanner_;
};

}  // namespace

PythonCall parse_python_call(std::string_view text, const std::string& where) {
  if (text.size() > longest_bytes) throw Error(where, "longer than 4096 bytes");
  if (text.empty()) throw Error(where, "empty");
  return CallReader(text, where).read_all();
}

}  // namespace vd
