// SPDX-License-Identifier: Apache-2.0
#include "core/parallel.h"

#include <dlfcn.h>

#include <numeric>
#include <vector>

#include "catch.h"
#include "core/blas.h"
#include "core/error.h"
#include "core/random.h"

TEST_CASE("a parallel loop visits every index once for any number of threads", "[core]") {
  const int threads = GENERATE(1, 2, 3, 8);
  vd::set_thread_count(threads);
  std::vector<int> visits(1000, 0);
  vd::parallel_for(visits.size(),
                   [&](std::size_t i) { vd::parallel_for(3, [&](std::size_t) { ++visits[i]; }); });
  CHECK(visits == std::vector<int>(1000, 3));
  vd::parallel_for(0, [](std::size_t) { FAIL("no index"); });
  CHECK_THROWS_AS(vd::parallel_for(10,
                                   [](std::size_t i) {
                                     if (i == 7) throw vd::Error("7", "bad");
                                   }),
                  vd::Error);
  vd::set_thread_count(0);
  CHECK(vd::thread_count() == vd::allowed_cores());
}

TEST_CASE("libraries have one OpenMP thread in every thread of a loop", "[core]") {
  auto* const openmp_threads = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
  if (openmp_threads == nullptr) {
    WARN("no OpenMP in this program: nothing to test");
    return;
  }
  vd::set_thread_count(5);
  std::vector<int> seen(200, 0);
  vd::parallel_for(seen.size(), [&](std::size_t i) { seen[i] = openmp_threads(); });
  CHECK(seen == std::vector<int>(200, 1));
  CHECK(openmp_threads() == 1);
  vd::set_thread_count(0);
}

TEST_CASE("random numbers are the same everywhere", "[core]") {
  // Reference output of PCG32 (O'Neill) for state 42, stream 54.
  vd::Random random(42, 54);
  CHECK(random() == 0xa15c02b7);
  CHECK(random() == 0x7b47f409);
  CHECK(random() == 0xba1d3330);
  vd::Random other(7);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = other.normal(2.0);
    sum += x;
    squares += x * x;
  }
  CHECK(sum / 1e5 == Approx(0.0).margin(0.03));
  CHECK(squares / 1e5 == Approx(4.0).margin(0.1));
  for (int i = 0; i < 1000; ++i) REQUIRE(other.below(5) < 5);
}

TEST_CASE("old BLAS kernels are replaced on new processors, a user's choice is not", "[core]") {
  CHECK(vd::better_blas_kernel("Prescott", true, true, false) == "SkylakeX");
  CHECK(vd::better_blas_kernel("Prescott", true, false, false) == "Haswell");
  CHECK(vd::better_blas_kernel("Prescott", false, false, false).empty());
  CHECK(vd::better_blas_kernel("Prescott", true, true, true).empty());
  CHECK(vd::better_blas_kernel("Zen", true, true, false).empty());
}
