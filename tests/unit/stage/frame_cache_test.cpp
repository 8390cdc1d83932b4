// SPDX-License-Identifier: Apache-2.0
#include "stage/frame_cache.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "catch.h"
#include "core/error.h"
#include "core/parallel.h"

namespace vd {
namespace {

GreyImage frame_of(int frame) { return GreyImage(4, 3, static_cast<std::uint8_t>(frame)); }

TEST_CASE("frames used last stay, others are read again", "[stage]") {
  FrameCache cache(3, frame_of);
  for (const int frame : {0, 1, 2, 0, 1, 2}) CHECK((*cache.at(frame))(0, 0) == frame);
  CHECK(cache.reads() == 3);
  CHECK((*cache.at(0))(0, 0) == 0);
  CHECK((*cache.at(7))(0, 0) == 7);  // 1 was used longest ago, and goes
  CHECK((*cache.at(0))(0, 0) == 0);
  CHECK((*cache.at(2))(0, 0) == 2);
  CHECK(cache.reads() == 4);
  CHECK((*cache.at(1))(0, 0) == 1);
  CHECK(cache.reads() == 5);
}

TEST_CASE("a frame lives as long as somebody holds it, and no longer", "[stage]") {
  FrameCache cache(2, frame_of);
  const auto held = cache.at(5);
  std::weak_ptr<const GreyImage> passed_by = cache.at(6);
  for (int frame = 10; frame < 20; ++frame) CHECK((*cache.at(frame))(3, 2) == frame);
  CHECK((*held)(0, 0) == 5);
  CHECK(passed_by.expired());
}

TEST_CASE("threads that ask for one frame wait for one reading", "[stage]") {
  std::atomic<int> reads{0};
  FrameCache cache(8, [&](int frame) {
    ++reads;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return frame_of(frame);
  });
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int k = 0; k < 8; ++k) threads.emplace_back([&, k] { right += (*cache.at(k % 2))(0, 0) == k % 2; });
  for (auto& thread : threads) thread.join();
  CHECK(right == 8);
  CHECK(reads == 2);
}

TEST_CASE("what cannot be read may be asked for again", "[stage]") {
  bool is_there = false;
  FrameCache cache(2, [&](int frame) {
    if (!is_there) throw Error("rgb", "missing");
    return frame_of(frame);
  });
  CHECK_THROWS_AS(cache.at(3), Error);
  is_there = true;
  CHECK((*cache.at(3))(0, 0) == 3);
}

}  // namespace
}  // namespace vd
