// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vd {

/// One option as data: the command line, --help, --json-usage, man pages, completion and the record of a
/// stage are all made from this.
struct Option {
  std::string name;                  // "--max-iterations", or "--threads,-j" with a one-letter form
  std::string type;                  // "int", "number", "text", "list", "flag", "choice", "size"
  std::string help;                  // one line, with the unit in [brackets] where there is one
  std::string topic;                 // heading in --help
  std::string default_value;         // as text
  std::string range;                 // "1..1000", "> 0" or empty
  std::vector<std::string> choices;  // of a choice
  bool advanced = false;             // shown by --help-all only
  bool changes_result = true;        // part of the digest that decides whether an item must be redone
  std::vector<std::string> parts;    // of the program's results, those that it changes; empty: all of them
  std::function<void(const std::string&)> set;  // throws MisuseError on a value out of range
  std::function<std::string()> get;             // current value as text, read back by set

  Option& hidden_in_short_help() {
    advanced = true;
    return *this;
  }
  Option& keeps_result() {
    changes_result = false;
    return *this;
  }
  /// Only these parts of the program's results depend on the option.
  Option& changes(std::vector<std::string> names) {
    parts = std::move(names);
    return *this;
  }
  /// True when a part, or with an empty name any result, depends on the option.
  [[nodiscard]] bool changes_part(const std::string& part) const;
};

/// Bounds of a number, checked when it is set.
struct Range {
  double low;
  double high;
  bool low_is_open = false;
  std::string text;  // for people
};
[[nodiscard]] Range range(double low, double high);
[[nodiscard]] Range at_least(double low);
[[nodiscard]] Range positive();
[[nodiscard]] Range any_number();

/// The options of one program in the order of its help. Each room offers describe(Options&, OptionTable&) for
/// its own options; the values stay in the room's struct, which must outlive the table.
///
///   inline void describe(AlignOptions& o, OptionTable& t) {
///     t.add("--max-iterations", o.max_iterations, range(1, 1000), "Gauss-Newton steps per window");
///     t.flag("--share-focal", o.share_focal, "one focal length for the whole clip");
///   }
class OptionTable {
 public:
  /// Heading for the options that follow.
  void topic(const std::string& heading) { topic_ = heading; }
  /// Parts of the results that the options that follow change, for a program that makes several (cameras,
  /// masks, depth); empty: all of them. An option says otherwise with changes().
  void changing(std::vector<std::string> parts) { parts_ = std::move(parts); }

  Option& add(const std::string& name, int& value, const Range& range, const std::string& help);
  Option& add(const std::string& name, double& value, const Range& range, const std::string& help);
  Option& add(const std::string& name, std::string& value, const std::string& help);
  /// A text that may be given several times; one text with commas gives several too.
  Option& add(const std::string& name, std::vector<std::string>& values, const std::string& help);
  /// A byte count written as 768M or 4G (powers of 1024); 0 = no limit.
  Option& add_size(const std::string& name, std::size_t& bytes, const std::string& help);
  /// --name switches on, --no-name off.
  Option& flag(const std::string& name, bool& value, const std::string& help);
  /// An enumeration by the words a user types.
  template <typename E>
  Option& choice(const std::string& name, E& value, const std::vector<std::pair<std::string, E>>& words,
                 const std::string& help) {
    std::vector<std::string> texts;
    for (const auto& word : words) texts.push_back(word.first);
    return add_choice(
        name, texts, help, [&value, words](std::size_t k) { value = words[k].second; },
        [&value, words] {
          for (const auto& word : words)
            if (word.second == value) return word.first;
          return std::string();
        });
  }

  [[nodiscard]] const std::vector<Option>& options() const { return options_; }
  [[nodiscard]] std::vector<Option>& options() { return options_; }
  /// The option of this long name, to say more about one that another room has declared. Throws MisuseError
  /// when there is none.
  [[nodiscard]] Option& at(const std::string& name);

 private:
  Option& add_choice(const std::string& name, const std::vector<std::string>& words, const std::string& help,
                     std::function<void(std::size_t)> set, std::function<std::string()> get);
  Option& append(Option option);

  std::string topic_ = "Options";
  std::vector<std::string> parts_;
  std::vector<Option> options_;
};

/// "--threads" of "--threads,-j".
[[nodiscard]] std::string long_name(const Option& option);

/// Bytes of a text such as "768M", "4G" or "1048576"; throws MisuseError naming the option.
[[nodiscard]] std::size_t parse_size(const std::string& option, const std::string& text);

}  // namespace vd
