// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/error.h"
#include "temporary_folder.h"

namespace fs = std::filesystem;

TEST_CASE("a file is there as a whole or not at all", "[core]") {
  const vd::test::TemporaryFolder folder;
  const fs::path file = folder / "deep/down/text.txt";
  vd::write_text(file, "first");
  CHECK(vd::read_text(file) == "first");
  const auto fails_half_way = [](const fs::path& temporary) {
    std::ofstream(temporary) << "half";
    throw vd::Error("x", "broken");
  };
  CHECK_THROWS_AS(vd::write_atomically(file, fails_half_way), vd::Error);
  CHECK(vd::read_text(file) == "first");
  CHECK(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a full disk is an error", "[core]") {
  if (!fs::exists("/dev/full")) return;
  const vd::test::TemporaryFolder folder;
  CHECK_THROWS_AS(vd::write_atomically(folder / "x.txt",
                                       [](const fs::path&) {
                                         std::ofstream full("/dev/full");
                                         full << std::string(1 << 16, 'x');
                                         full.close();
                                         if (!full) throw vd::Error("x.txt", "cannot write");
                                       }),
                  vd::Error);
  CHECK_FALSE(fs::exists(folder / "x.txt"));
}

TEST_CASE("reading stops at the stated size and at folders", "[core]") {
  const vd::test::TemporaryFolder folder;
  vd::write_text(folder / "a", std::string(1000, 'a'));
  CHECK_THROWS_AS(vd::read_text(folder / "a", 999), vd::Error);
  CHECK_THROWS_AS(vd::read_text(folder.path()), vd::Error);
  CHECK_THROWS_AS(vd::read_text(folder / "none"), vd::Error);
}

TEST_CASE("digests tell contents apart, and where one text ends and the next begins", "[core]") {
  const vd::test::TemporaryFolder folder;
  vd::write_text(folder / "a", "abc");
  vd::write_text(folder / "b", "abc");
  vd::write_text(folder / "c", "abd");
  CHECK(vd::digest_of_file(folder / "a") == vd::digest_of_file(folder / "b"));
  CHECK(vd::digest_of_file(folder / "a") != vd::digest_of_file(folder / "c"));
  CHECK(vd::Digest().add("ab").add("c").hex() != vd::Digest().add("a").add("bc").hex());
  CHECK(vd::digest_of("").size() == 32);
}
