// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "core/error.h"
#include "weights/little_endian.h"
#include "weights/pickle.h"
#include "weights/pickle_calls.h"
#include "weights/pickle_globals.h"
#include "weights/text_of_file.h"

namespace vd {

const PickleValue* PickleGraph::find(const PickleValue& dict, std::string_view key) const {
  const bool is_object = dict.kind == PickleKind::record;
  const PickleValue& attributes = is_object ? record(dict).content : dict;
  if (!is_dict(attributes)) return nullptr;
  const auto& entries = items(attributes);
  const PickleValue* found = nullptr;
  for (std::size_t k = 0; k + 1 < entries.size(); k += 2) {
    if (entries[k].kind == PickleKind::text && text(entries[k]) == key) found = &entries[k + 1];
  }
  return found;
}

bool is_dict(const PickleValue& value) {
  return value.kind == PickleKind::dict || value.kind == PickleKind::ordered_dict;
}

constexpr std::size_t most_made_text = 16 << 20;

/// Source of the opcodes: Python's documentation of the module pickletools.
class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, const std::string& where)
      : bytes_(bytes), where_(where), calls_(graph_, std::min(bytes.size(), most_made_text)) {}

  PickleGraph run(std::size_t& used) {
    std::size_t begin = 0;
    try {
      while (!stopped_) {
        begin = position_;
        step(read<std::uint8_t>());
      }
    } catch (const Error& refusal) {
      throw Error(where_, fmt::format("refused: {} (byte {} of its pickle)", refusal.what(), begin));
    }
    used = position_;
    return std::move(graph_);
  }

 private:
  using Values = std::vector<PickleValue>;

  [[noreturn]] static void refuse(const std::string& reason) { throw Error("", reason); }
  static void expect(bool condition, const char* reason) {
    if (!condition) refuse(reason);
  }

  // Bytes.

  std::string_view take(std::uint64_t count) {
    expect(count <= bytes_.size() - position_,
           "truncated, or it states a length that the file does not have");
    const auto taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }
  template <typename T>
  T read() {
    return little_endian_at<T>(take(sizeof(T)), 0);
  }
  std::string_view read_line() {
    const std::size_t end = bytes_.substr(position_).find('\n');
    expect(end != std::string_view::npos, "truncated inside a name");
    const auto line = take(end);
    (void)take(1);
    return line;
  }

  // The stack.

  void push(const PickleValue& value) {
    calls_.spend(1);
    stack_.push_back(value);
  }
  void push(PickleKind kind, std::int64_t integer = 0) {
    PickleValue value;
    value.kind = kind;
    value.integer = integer;
    push(value);
  }
  void push_text(PickleKind kind, std::string_view text) {
    calls_.spend(1);
    graph_.texts_.push_back(text);
    PickleValue value;
    value.kind = kind;
    value.index = static_cast<std::uint32_t>(graph_.texts_.size() - 1);
    push(value);
  }
  /// The lowest place that the present mark leaves free.
  [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  PickleValue pop() {
    expect(stack_.size() > floor(), "it takes more values than it has made");
    const PickleValue value = stack_.back();
    stack_.pop_back();
    return value;
  }
  PickleValue& top() {
    expect(stack_.size() > floor(), "it takes more values than it has made");
    return stack_.back();
  }
  /// The values above the last mark, which goes too.
  Values pop_to_mark() {
    expect(!marks_.empty(), "a mark is missing");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    Values values(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return values;
  }
  Values pop_several(std::size_t count) {
    Values values(count);
    while (count > 0) values[--count] = pop();
    return values;
  }

  // Opcodes.

  void step(std::uint8_t code) {
    if (step_constant(code) || step_text(code) || step_container(code) || step_memo(code) ||
        step_object(code)) {
      return;
    }
    switch (code) {
      case 0x80:  // PROTO
        expect(read<std::uint8_t>() <= 5, "a protocol of pickle newer than 5");
        return;
      case 0x95:  // FRAME
        expect(read<std::uint64_t>() <= bytes_.size() - position_,
               "truncated: a frame is longer than the file");
        return;
      case '.':  // STOP
        graph_.root_ = pop();
        stopped_ = true;
        return;
      case '(':
        calls_.spend(1);
        marks_.push_back(stack_.size());
        return;
      case '0':  // POP
        if (stack_.size() == floor() && !marks_.empty()) return marks_.pop_back();
        (void)pop();
        return;
      case '1':  // POP_MARK
        (void)pop_to_mark();
        return;
      case '2':  // DUP
        return push(PickleValue(top()));
      default:
        refuse_opcode(code);
    }
  }

  [[noreturn]] static void refuse_opcode(std::uint8_t code) {
    constexpr std::string_view callers = "ioP\x82\x83\x84";  // INST, OBJ, PERSID, EXT1 to EXT4
    const bool calls = callers.find(static_cast<char>(code)) != std::string_view::npos;
    refuse(fmt::format(calls ? "operation 0x{:02x} of pickle would look something up or call it"
                             : "operation 0x{:02x} of pickle is none that weight files have",
                       code));
  }

  bool step_constant(std::uint8_t code) {
    switch (code) {
      case 'N':
        return push(PickleKind::none), true;
      case 0x88:  // NEWTRUE
        return push(PickleKind::boolean, 1), true;
      case 0x89:  // NEWFALSE
        return push(PickleKind::boolean, 0), true;
      case 'J':  // BININT
        return push(PickleKind::integer, read<std::int32_t>()), true;
      case 'K':  // BININT1
        return push(PickleKind::integer, read<std::uint8_t>()), true;
      case 'M':  // BININT2
        return push(PickleKind::integer, read<std::uint16_t>()), true;
      case 0x8a:  // LONG1
        return push_long(read<std::uint8_t>()), true;
      case 0x8b: {  // LONG4
        const auto length = read<std::int32_t>();
        expect(length >= 0, "an integer of negative length");
        return push_long(static_cast<std::uint64_t>(length)), true;
      }
      case 'G':  // BINFLOAT, the only number with its high byte first
        return push_real(__builtin_bswap64(read<std::uint64_t>())), true;
      default:
        return false;
    }
  }

  void push_long(std::uint64_t length) {
    const std::string_view digits = take(length);
    if (length > 8) return push_text(PickleKind::text, digits);
    const bool negative = length > 0 && (static_cast<unsigned char>(digits.back()) & 0x80) != 0;
    std::int64_t value = negative ? -1 : 0;
    std::memcpy(&value, digits.data(), length);
    push(PickleKind::integer, value);
  }

  void push_real(std::uint64_t bits) {
    PickleValue value;
    value.kind = PickleKind::real;
    std::memcpy(&value.real, &bits, sizeof(bits));
    push(value);
  }

  bool step_text(std::uint8_t code) {
    switch (code) {
      case 'X':  // BINUNICODE
        return push_text(PickleKind::text, take(read<std::uint32_t>())), true;
      case 0x8c:  // SHORT_BINUNICODE
        return push_text(PickleKind::text, take(read<std::uint8_t>())), true;
      case 0x8d:  // BINUNICODE8
        return push_text(PickleKind::text, take(read<std::uint64_t>())), true;
      case 'U':  // SHORT_BINSTRING, the text of Python 2
        return push_text(PickleKind::text, take(read<std::uint8_t>())), true;
      case 'T': {  // BINSTRING
        const auto length = read<std::int32_t>();
        expect(length >= 0, "a text of negative length");
        return push_text(PickleKind::text, take(static_cast<std::uint64_t>(length))), true;
      }
      case 'C':  // SHORT_BINBYTES
        return push_text(PickleKind::bytes, take(read<std::uint8_t>())), true;
      case 'B':  // BINBYTES
        return push_text(PickleKind::bytes, take(read<std::uint32_t>())), true;
      case 0x8e:  // BINBYTES8
        return push_text(PickleKind::bytes, take(read<std::uint64_t>())), true;
      default:
        return false;
    }
  }

  bool step_container(std::uint8_t code) {
    switch (code) {
      case ']':
        return push(calls_.make_container(PickleKind::list)), true;
      case '}':
        return push(calls_.make_container(PickleKind::dict)), true;
      case ')':
        return push(calls_.make_container(PickleKind::tuple)), true;
      case 0x8f:  // EMPTY_SET
        return push(calls_.make_container(PickleKind::set)), true;
      case 't':
        return push(calls_.make_container(PickleKind::tuple, pop_to_mark())), true;
      case 'l':
        return push(calls_.make_container(PickleKind::list, pop_to_mark())), true;
      case 0x91:  // FROZENSET
        return push(calls_.make_container(PickleKind::set, pop_to_mark())), true;
      case 0x85:  // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87:
        return push(calls_.make_container(PickleKind::tuple, pop_several(code - 0x84U))), true;
      case 'd': {
        const Values items = pop_to_mark();
        push(calls_.make_container(PickleKind::dict));
        return add_items(items), true;
      }
      case 'a':  // APPEND
        return add_elements(PickleKind::list, pop_several(1)), true;
      case 'e':  // APPENDS
        return add_elements(PickleKind::list, pop_to_mark()), true;
      case 0x90:  // ADDITEMS
        return add_elements(PickleKind::set, pop_to_mark()), true;
      case 's':  // SETITEM
        return add_items(pop_several(2)), true;
      case 'u':  // SETITEMS
        return add_items(pop_to_mark()), true;
      default:
        return false;
    }
  }

  void add_elements(PickleKind kind, const Values& added) {
    expect(top().kind == kind, "values are added to something that holds none");
    append(added);
  }
  void add_items(const Values& added) {
    expect(is_dict(top()), "values are set in something that is no dict");
    expect(added.size() % 2 == 0, "a key without a value");
    append(added);
  }
  void append(const Values& added) {
    calls_.spend(added.size());
    auto& items = graph_.containers_[top().index];
    items.insert(items.end(), added.begin(), added.end());
  }

  bool step_memo(std::uint8_t code) {
    switch (code) {
      case 'q':  // BINPUT
        return remember(read<std::uint8_t>()), true;
      case 'r':  // LONG_BINPUT
        return remember(read<std::uint32_t>()), true;
      case 0x94:  // MEMOIZE
        return remember(memo_.size()), true;
      case 'h':  // BINGET
        return recall(read<std::uint8_t>()), true;
      case 'j':  // LONG_BINGET
        return recall(read<std::uint32_t>()), true;
      default:
        return false;
    }
  }

  void remember(std::uint64_t place) {
    expect(place < 1U << 24, "a place in the memo beyond 2^24");
    calls_.spend(2);
    memo_[static_cast<std::uint32_t>(place)] = top();
  }
  void recall(std::uint32_t place) {
    const auto found = memo_.find(place);
    expect(found != memo_.end(), "a place in the memo that holds nothing");
    push(found->second);
  }

  bool step_object(std::uint8_t code) {
    switch (code) {
      case 'c': {  // GLOBAL
        const std::string_view module = read_line();
        return push_global(module, read_line()), true;
      }
      case 0x93: {  // STACK_GLOBAL
        const Values words = pop_several(2);
        expect(words[0].kind == PickleKind::text && words[1].kind == PickleKind::text,
               "a name that is no text");
        return push_global(graph_.text(words[0]), graph_.text(words[1])), true;
      }
      case 'R':     // REDUCE
      case 0x81: {  // NEWOBJ
        const Values call = pop_several(2);
        return push(calls_.call(call[0], call[1])), true;
      }
      case 0x92: {  // NEWOBJ_EX
        const Values call = pop_several(3);
        const bool no_keywords = is_dict(call[2]) && graph_.items(call[2]).empty();
        expect(no_keywords, "something is called with named arguments");
        return push(calls_.call(call[0], call[1])), true;
      }
      case 'b': {  // BUILD
        const PickleValue state = pop();
        return calls_.build(top(), state), true;
      }
      case 'Q':  // BINPERSID
        return push(calls_.storage(pop())), true;
      default:
        return false;
    }
  }

  void push_global(std::string_view module, std::string_view name) {
    const auto found = find_global(module, name);
    if (!found) {
      refuse(fmt::format(
          "it asks for {}, which no weight file needs",
          in_quotes(std::string(module.substr(0, 200)) + "." + std::string(name.substr(0, 200)))));
    }
    PickleValue value;
    value.kind = PickleKind::global;
    value.index = *found;
    push(value);
  }

  std::string_view bytes_;
  const std::string& where_;
  std::size_t position_ = 0;
  bool stopped_ = false;
  Values stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, PickleValue> memo_;
  PickleGraph graph_;
  PickleCalls calls_;
};

PickleGraph read_pickle(std::string_view bytes, const std::string& where, std::size_t& used) {
  return PickleMachine(bytes, where).run(used);
}

}  // namespace vd
