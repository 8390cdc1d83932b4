// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "core/error.h"
#include "core/random.h"
#include "stereo/min_cut.h"

using namespace vd;

namespace {

GridEnergy random_energy(int width, int height, int strength, Random& random) {
  GridEnergy energy{Map<std::int32_t>(width, height), Map<std::int32_t, 4>(width, height)};
  for (auto& value : energy.unary.values()) value = static_cast<int>(random.below(21)) - 10;
  for (auto& value : energy.smoothness.values())
    value = static_cast<int>(random.below(static_cast<std::uint32_t>(strength + 1)));
  return energy;
}

std::int64_t least_by_trying_all(const GridEnergy& energy) {
  const std::size_t pixels = energy.unary.pixels();
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  MaskMap labels(energy.unary.width(), energy.unary.height());
  for (std::uint32_t code = 0; code < (1u << pixels); ++code) {
    for (std::size_t i = 0; i < pixels; ++i) labels.values()[i] = code >> i & 1 ? 255 : 0;
    least = std::min(least, energy_of(energy, labels));
  }
  return least;
}

}  // namespace

TEST_CASE("the cut has the least energy of all labellings", "[masks][min_cut]") {
  Random random(GENERATE(range(0, 40)));
  const int width = 1 + static_cast<int>(random.below(4));
  const int height = 1 + static_cast<int>(random.below(3));
  const GridEnergy energy = random_energy(width, height, GENERATE(0, 3, 12), random);
  CHECK(energy_of(energy, minimise(energy)) == least_by_trying_all(energy));
}

TEST_CASE("without smoothness each pixel decides alone, ties for 0", "[masks][min_cut]") {
  GridEnergy energy{Map<std::int32_t>(3, 1), Map<std::int32_t, 4>(3, 1)};
  energy.unary(0, 0) = -1;
  energy.unary(1, 0) = 0;
  energy.unary(2, 0) = 1;
  CHECK(minimise(energy).values() == std::vector<std::uint8_t>{255, 0, 0});
}

TEST_CASE("exchanging the labels mirrors the cut", "[masks][min_cut][property]") {
  Random random(GENERATE(range(100, 110)));
  GridEnergy energy = random_energy(40, 30, 6, random);
  for (auto& value : energy.unary.values())
    value = 2 * value + 1;  // odd sums make the minimum less often tied
  const std::int64_t least = energy_of(energy, minimise(energy));
  std::int64_t all = 0;
  for (auto& value : energy.unary.values()) {
    all += value;
    value = -value;
  }
  // E'(1 - L) = E(L) - sum of unary
  CHECK(energy_of(energy, minimise(energy)) == least - all);
}

TEST_CASE("strong smoothness gives one label to all", "[masks][min_cut]") {
  GridEnergy energy{Map<std::int32_t>(20, 20, 1), Map<std::int32_t, 4>(20, 20, 1000)};
  energy.unary(7, 7) = -500;
  CHECK(minimise(energy).values() == std::vector<std::uint8_t>(400, 255));
  energy.unary(7, 7) = -300;
  CHECK(minimise(energy).values() == std::vector<std::uint8_t>(400, 0));
}

TEST_CASE("malformed energies are refused", "[masks][min_cut]") {
  CHECK_THROWS_AS(minimise({Map<std::int32_t>(3, 3), Map<std::int32_t, 4>(3, 2)}), Error);
  CHECK_THROWS_AS(minimise({Map<std::int32_t>(3, 3), Map<std::int32_t, 4>(3, 3, -1)}), Error);
}
