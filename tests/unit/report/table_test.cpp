// SPDX-License-Identifier: Apache-2.0
#include "report/table.h"

#include "catch.h"
#include "report/ticks.h"

namespace vd {
namespace {

const Table kTable = {{"pixels", "abs_rel", "n"},
                      {{"all", "0.031", "12"}, {"observed, static", "0.5", "3"}, {"x"}}};

TEST_CASE("text tables align names left and numbers right", "[report]") {
  CHECK(format_table(kTable, TableFormat::text) ==
        "pixels            abs_rel   n\n"
        "all                 0.031  12\n"
        "observed, static      0.5   3\n"
        "x\n");
}

TEST_CASE("Markdown tables say how columns are aligned", "[report]") {
  CHECK(format_table({{"a", "b"}, {{"x", "1.25"}}}, TableFormat::markdown) ==
        "| a |    b |\n"
        "|---|-----:|\n"
        "| x | 1.25 |\n");
}

TEST_CASE("comma-separated cells are quoted where they must be", "[report]") {
  CHECK(format_table(kTable, TableFormat::csv) ==
        "pixels,abs_rel,n\nall,0.031,12\n\"observed, static\",0.5,3\nx,,\n");
  CHECK(format_table({{"a"}, {{"say \"no\""}}}, TableFormat::csv) == "a\n\"say \"\"no\"\"\"\n");
}

TEST_CASE("numbers are written with sensible digits", "[report]") {
  CHECK(number_text(0.0123456) == "0.0123");
  CHECK(number_text(12.3456) == "12.3");
  CHECK(number_text(1234.56) == "1235");
  CHECK(number_text(0.5) == "0.5");
  CHECK(number_text(2) == "2");
  CHECK(number_text(0) == "0");
  CHECK(number_text(-0.25) == "-0.25");
  CHECK(number_text(0.00001234) == "1.23e-05");
  CHECK(number_text(std::nan("")) == "nan");
  CHECK(number_text(-INFINITY) == "-inf");
  CHECK(quantity_text(0.5, "m") == "0.5 m");
  CHECK(quantity_text(0.5, "relative") == "0.5");
  CHECK(length_text(0.0013, "m") == "1.3 mm");
  CHECK(length_text(0.042, "m") == "4.2 cm");
  CHECK(length_text(10.35, "m") == "10.3 m");
  CHECK(length_text(1e-15, "m") == "0 mm");
  CHECK(length_text(0.042, "relative") == "0.042");
}

TEST_CASE("ticks are round, inside the range and evenly apart", "[report][property]") {
  const double low = GENERATE(-3.7, 0.0, 0.021, 118.0);
  const double span = GENERATE(0.004, 0.9, 7.0, 1300.0);
  const auto ticks = linear_ticks(low, low + span, 5);
  REQUIRE(ticks.size() >= 3);
  CHECK(ticks.size() <= 10);
  const double step = ticks[1] - ticks[0];
  const double mantissa = step / std::pow(10, std::floor(std::log10(step * 1.0001)));
  CHECK((mantissa == Approx(1) || mantissa == Approx(2) || mantissa == Approx(5)));
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    CHECK(ticks[k] >= low - 1e-6 * span);
    CHECK(ticks[k] <= low + span * (1 + 1e-6));
    CHECK(ticks[k] == Approx(ticks[0] + k * step));
  }
}

TEST_CASE("tick labels carry the decimals of their step", "[report]") {
  CHECK(tick_text(1, 0.5) == "1.0");
  CHECK(tick_text(40, 20) == "40");
  CHECK(tick_text(0.125, 0.001) == "0.125");
  CHECK(tick_text(-1e-17, 0.1) == "0.0");
  CHECK(linear_ticks(2, 2, 5).empty());
  CHECK(decade_ticks(1.5, 60) == std::vector<double>{2, 5, 10, 20, 50});
}

}  // namespace
}  // namespace vd
