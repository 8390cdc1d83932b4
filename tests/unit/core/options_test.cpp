// SPDX-License-Identifier: Apache-2.0
#include "core/options.h"

#include "catch.h"
#include "core/error.h"

namespace {
enum class Colour { red, green };
}

TEST_CASE("options are read, checked and written back as text", "[core]") {
  int count = 3;
  double ratio = 0.5;
  bool share = true;
  std::size_t memory = 0;
  Colour colour = Colour::red;
  vd::OptionTable table;
  table.add("--count,-c", count, vd::range(1, 10), "how many");
  table.add("--ratio", ratio, vd::positive(), "part of the whole");
  table.flag("--share", share, "one for all");
  table.add_size("--memory", memory, "bytes");
  table.choice("--colour", colour, {{"red", Colour::red}, {"green", Colour::green}}, "paint");
  auto& options = table.options();

  options[0].set("7");
  CHECK(count == 7);
  CHECK(options[0].default_value == "3");
  CHECK(vd::long_name(options[0]) == "--count");
  CHECK_THROWS_AS(options[0].set("11"), vd::MisuseError);
  CHECK_THROWS_AS(options[0].set("2.5"), vd::MisuseError);
  CHECK_THROWS_AS(options[0].set("many"), vd::MisuseError);
  CHECK(count == 7);
  CHECK_THROWS_AS(options[1].set("0"), vd::MisuseError);
  CHECK_THROWS_AS(options[1].set("nan"), vd::MisuseError);
  options[1].set("0.1");
  CHECK(options[1].get() == "0.1");
  options[2].set("false");
  CHECK_FALSE(share);
  options[3].set("4G");
  CHECK(memory == 4ULL << 30);
  options[3].set("1.5K");
  CHECK(memory == 1536);
  CHECK_THROWS_AS(options[3].set("-1M"), vd::MisuseError);
  options[4].set("green");
  CHECK(colour == Colour::green);
  CHECK(options[4].get() == "green");
  CHECK_THROWS_AS(options[4].set("blue"), vd::MisuseError);
}

TEST_CASE("an option says which parts of the results it changes", "[core]") {
  int speed = 0, focal = 0, smoothness = 0, threads = 0, seed = 0;
  vd::OptionTable table;
  table.add("--speed", speed, vd::any_number(), "of all");
  table.changing({"cameras"});
  table.topic("A heading");
  table.add("--focal", focal, vd::any_number(), "of cameras");
  table.topic("Another heading");  // headings are for people, and change nothing
  table.add("--smoothness", smoothness, vd::any_number(), "of two parts").changes({"masks", "depth"});
  table.changing({});
  table.add("--threads,-j", threads, vd::any_number(), "of nothing").changes({"depth"}).keeps_result();
  table.add("--seed", seed, vd::any_number(), "of all");
  const auto changing = [&](const std::string& part) {
    std::string names;
    for (const vd::Option& option : table.options())
      if (option.changes_part(part)) names += vd::long_name(option) + " ";
    return names;
  };
  CHECK(changing("cameras") == "--speed --focal --seed ");
  CHECK(changing("masks") == "--speed --smoothness --seed ");
  CHECK(changing("depth") == "--speed --smoothness --seed ");
  CHECK(changing("") == "--speed --focal --smoothness --seed ");
  table.at("--focal").changes({"cameras", "depth"});
  CHECK(changing("depth") == "--speed --focal --smoothness --seed ");
  CHECK_THROWS_AS(table.at("--none"), vd::MisuseError);
}
