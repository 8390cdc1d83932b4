// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "core/error.h"

namespace vd {

/// Steps through text from front to back; what two grammars of literals share.
class TextScanner {
 public:
  TextScanner(std::string_view text, std::string where) : text_(text), where_(std::move(where)) {}

  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(where_, reason + " at byte " + std::to_string(position_));
  }
  void skip_space() {
    while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++position_;
  }
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  /// The next character; NUL at the end.
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
  char take() {
    if (at_end()) fail("ends too early,");
    return text_[position_++];
  }
  /// Takes the character if it is next, after spaces.
  bool accept(char wanted) {
    skip_space();
    if (at_end() || peek() != wanted) return false;
    ++position_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string(at_end() ? "ends too early, " : "") + "'" + wanted + "' expected");
  }
  bool accept_word(std::string_view word) {
    if (text_.substr(position_, word.size()) != word) return false;
    position_ += word.size();
    return true;
  }
  /// The longest run of characters of which `belongs` holds.
  template <typename Belongs>
  std::string_view run(Belongs belongs) {
    const std::size_t begin = position_;
    while (!at_end() && belongs(static_cast<unsigned char>(peek()))) ++position_;
    return text_.substr(begin, position_ - begin);
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }
  void advance(std::size_t count) { position_ += count; }

 private:
  std::string_view text_;
  std::string where_;
  std::size_t position_ = 0;
};

}  // namespace vd
