// SPDX-License-Identifier: Apache-2.0
#include "weights/literal.h"

#include <cmath>
#include <limits>

#include "catch.h"
#include "core/error.h"
#include "weights/text_of_file.h"

using namespace vd;
using Kind = Literal::Kind;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Literal json(const std::string& text) { return parse_json_literal(text, "file"); }

std::string refusal_of_json(const std::string& text) {
  try {
    (void)json(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("JSON becomes the values it states", "[weights]") {
  const Literal value =
      json(R"( {"a": [1, -2.5, 1e3, true, null], "b": {"c": "\u00e4\ud83d\ude00\n\"", "": 0}} )");
  REQUIRE(value.kind == Kind::object);
  const auto& items = value.find("a")->items;
  REQUIRE(items.size() == 5);
  CHECK(items[0].integer == 1);
  CHECK(items[1].real == -2.5);
  CHECK(items[2].kind == Kind::real);
  CHECK(items[2].real == 1000);
  CHECK(items[3].boolean);
  CHECK(items[4].kind == Kind::none);
  CHECK(value.find("b")->find("c")->text == "\xc3\xa4\xf0\x9f\x98\x80\n\"");
  CHECK(value.find("nothing") == nullptr);
}

TEST_CASE("JSON has the bare words that Python writes", "[weights]") {
  const Literal value = json("[Infinity, -Infinity, NaN, 1e999, -1e999, 1e-999]");
  CHECK(value.items[0].real == infinity);
  CHECK(value.items[1].real == -infinity);
  CHECK(std::isnan(value.items[2].real));
  CHECK(value.items[3].real == infinity);
  CHECK(value.items[4].real == -infinity);
  CHECK(value.items[5].real == 0);
}

TEST_CASE("integers beyond 64 bits are real numbers", "[weights]") {
  CHECK(json("9223372036854775807").integer == std::numeric_limits<std::int64_t>::max());
  const Literal large = json("9223372036854775808");
  CHECK(large.kind == Kind::real);
  CHECK(large.real == std::ldexp(1.0, 63));
}

TEST_CASE("what is not JSON is refused with its place", "[weights]") {
  for (const char* text :
       {"",    "  ",  "{",       "[1,",         "[1 2]", "{\"a\" 1}", "{\"a\": 1} x", "{\"a\": 1, \"a\": 2}",
        "tru", "01x", "\"\\q\"", "\"\\ud800\"", "\"a",   "1.",        ".5",           "-",
        "+1",  "[,]", "{a: 1}",  "'a'",         "nan",   "inf"}) {
    INFO(text);
    const std::string refusal = refusal_of_json(text);
    CHECK(refusal.find("file: ") == 0);
    CHECK(refusal.find('\n') == std::string::npos);
  }
  CHECK(refusal_of_json("{\"a\": 1, \"a\": 2}").find("'a' occurs twice") != std::string::npos);
}

TEST_CASE("JSON is bounded in depth and number of values", "[weights]") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK_NOTHROW(json(nested(64)));
  CHECK_THROWS_AS(json(nested(66)), Error);
  CHECK_THROWS_AS(json(std::string(1000000, '[')), Error);
  CHECK_NOTHROW(parse_json_literal("[1, 2]", "file", 3));
  CHECK_THROWS_AS(parse_json_literal("[1, 2]", "file", 2), Error);
}

TEST_CASE("text of a literal is read back as the same literal", "[weights][property]") {
  for (const char* text : {"{\"a\": [1, -2.5, Infinity, -Infinity, null, true], \"b\\\\\\\"\": {}}", "[]",
                           "\"\\u0007\\u007f\"", "1e+300", "0.1", "-0.0", "123456789012345678"}) {
    const std::string once = json_text(json(text));
    CHECK(json_text(json(once)) == once);
  }
  CHECK(json_text(json("[1.0, 1]")) == "[1.0, 1]");
}

TEST_CASE("a Python call is read as data", "[weights]") {
  const PythonCall call = parse_python_call(
      " Net ( a = 'x y', b=\"z\" , c=(5_12,512,), d=-inf, e=float('inf'), f=[1.5, None, True], g=(3), "
      "h=-1e-3, i=()) ",
      "file");
  CHECK(call.name == "Net");
  const auto at = [&](const char* name) { return *call.arguments.find(name); };
  CHECK(at("a").text == "x y");
  CHECK(at("b").text == "z");
  REQUIRE(at("c").items.size() == 2);
  CHECK(at("c").items[0].integer == 512);
  CHECK(at("d").real == -infinity);
  CHECK(at("e").real == infinity);
  CHECK(at("f").items[0].real == 1.5);
  CHECK(at("f").items[1].kind == Kind::none);
  CHECK(at("f").items[2].boolean);
  CHECK(at("g").integer == 3);
  CHECK(at("h").real == -1e-3);
  CHECK(at("i").items.empty());
}

TEST_CASE("what would have to be computed is refused", "[weights]") {
  for (const char* text : {"",
                           "Net",
                           "Net(",
                           "Net(a)",
                           "Net(1)",
                           "Net(a=1",
                           "Net(a=1))",
                           "Net(a=1); import os",
                           "Net(a=1, a=2)",
                           "Net(a=512**9)",
                           "Net(a=1+1)",
                           "Net(a=b)",
                           "Net(a=f(1))",
                           "Net(a=float('1'))",
                           "Net(a=float(1))",
                           "Net(a='\\x41')",
                           "Net(a=lambda: 1)",
                           "__import__('os').system('x') or Net()",
                           "Net(a=__import__('os'))",
                           "Net(*a)",
                           "Net(a={})",
                           "Net(a=(1 2))",
                           "Net(a='b' 'c')",
                           "Net(a=1_)",
                           "Net(a=_1)",
                           "Net(a=1__0)",
                           "Net(a=--1)",
                           "Net(a=0x10)",
                           "Net(a=-None)",
                           "a.Net()"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_python_call(text, "file"), Error);
  }
  CHECK_THROWS_AS(parse_python_call("Net(a=" + std::string(5000, '(') + ")", "file"), Error);
  CHECK_THROWS_AS(parse_python_call("Net(a=" + std::string(200, '('), "file"), Error);
}

TEST_CASE("text of files is shown on one line", "[weights]") {
  CHECK(in_quotes("a\nb\x1b[31m") == "'a?b?[31m'");
  CHECK(in_quotes("\xff\xc3\xa4") == "'?\xc3\xa4'");
  CHECK(in_quotes(std::string(100, 'x')) == "'" + std::string(60, 'x') + "...'");
  CHECK(is_fit_name("enc_blocks.0.norm1.weight"));
  CHECK_FALSE(is_fit_name(""));
  CHECK_FALSE(is_fit_name("a\nb"));
  CHECK_FALSE(is_fit_name("\xc3"));
  CHECK_FALSE(is_fit_name("\xed\xa0\x80"));  // half a surrogate pair
  CHECK_FALSE(is_fit_name("\xc0\xaf"));      // longer than it need be
}
