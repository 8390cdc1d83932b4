// SPDX-License-Identifier: Apache-2.0
#include "flow/scene_cuts.h"

#include <algorithm>
#include <cmath>

#include "catch.h"
#include "core/random.h"

namespace {

/// A wall of coloured discs, seen through a window of 160 x 90 at any place. Seeds have palettes of their
/// own.
class Wall {
 public:
  explicit Wall(std::uint64_t seed) : random_(seed) {
    for (auto& c : ground_) c = random_.uniform(20, 230);
    for (int k = 0; k < 500; ++k) {
      Disc disc{random_.uniform(-400, 1400), random_.uniform(-200, 400), random_.uniform(4, 30), {}};
      for (int c = 0; c < 3; ++c) disc.colour[c] = std::clamp(ground_[c] + random_.normal(50), 0.0, 255.0);
      discs_.push_back(disc);
    }
  }

  [[nodiscard]] vd::RgbImage seen(double left, double top, double gain = 1, double offset = 0) const {
    vd::RgbImage image(160, 90);
    for (int y = 0; y < 90; ++y) {
      for (int x = 0; x < 160; ++x) {
        const double* colour = ground_;
        for (const Disc& disc : discs_) {
          if (std::hypot(x + left - disc.x, y + top - disc.y) < disc.radius) colour = disc.colour;
        }
        for (int c = 0; c < 3; ++c) {
          image(x, y, c) = static_cast<std::uint8_t>(std::clamp(gain * colour[c] + offset, 0.0, 255.0));
        }
      }
    }
    return image;
  }

 private:
  struct Disc {
    double x, y, radius, colour[3];
  };
  vd::Random random_;
  double ground_[3];
  std::vector<Disc> discs_;
};

std::vector<int> cuts_of(const std::vector<vd::RgbImage>& frames, std::size_t at_once = 5) {
  vd::SceneCutDetector detector;
  for (std::size_t first = 0; first < frames.size(); first += at_once) {
    std::vector<vd::SceneCutDetector::Thumbnail> thumbnails;
    for (std::size_t k = first; k < std::min(first + at_once, frames.size()); ++k) {
      thumbnails.push_back(vd::SceneCutDetector::thumbnail(frames[k]));
    }
    detector.add(std::move(thumbnails));
  }
  return detector.finish();
}

void append_shot(std::vector<vd::RgbImage>& film, const Wall& wall, int frames, double px_per_frame) {
  for (int k = 0; k < frames; ++k) film.push_back(wall.seen(px_per_frame * k, 0.3 * px_per_frame * k));
}

}  // namespace

TEST_CASE("cuts between shots are found where they are", "[flow][cuts]") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    std::vector<vd::RgbImage> film;
    append_shot(film, Wall(10 * seed + 1), 7, 1.5);
    append_shot(film, Wall(10 * seed + 2), 2, 3);
    append_shot(film, Wall(10 * seed + 3), 9, 0.5);
    CHECK(cuts_of(film) == std::vector<int>{7, 9});
    CHECK(cuts_of(film, 1) == std::vector<int>{7, 9});
  }
}

TEST_CASE("motion of any speed is no cut", "[flow][cuts]") {
  for (const double px_per_frame : {0.0, 2.0, 8.0, 20.0, 40.0}) {
    std::vector<vd::RgbImage> film;
    append_shot(film, Wall(5), 12, px_per_frame);
    CHECK(cuts_of(film).empty());
  }
  // A sudden jerk between two still stretches.
  std::vector<vd::RgbImage> film;
  for (int k = 0; k < 10; ++k) film.push_back(Wall(6).seen(k < 5 ? 0 : 60, 0));
  CHECK(cuts_of(film).empty());
}

TEST_CASE("flashes and changes of exposure are no cuts", "[flow][cuts]") {
  const Wall wall(8);
  for (const int flash_frames : {1, 2}) {
    std::vector<vd::RgbImage> film;
    for (int k = 0; k < 14; ++k) {
      const bool flash = k >= 6 && k < 6 + flash_frames;
      film.push_back(wall.seen(2.0 * k, 0, flash ? 0.15 : 1.0, flash ? 235 : 0));
    }
    CHECK(cuts_of(film).empty());
  }
  std::vector<vd::RgbImage> dimmed;
  for (int k = 0; k < 10; ++k) dimmed.push_back(wall.seen(2.0 * k, 0, k < 5 ? 1.0 : 0.5));
  CHECK(cuts_of(dimmed).empty());
}

TEST_CASE("a cut amid fast motion is found", "[flow][cuts]") {
  std::vector<vd::RgbImage> film;
  append_shot(film, Wall(21), 6, 30);
  append_shot(film, Wall(22), 6, 30);
  CHECK(cuts_of(film) == std::vector<int>{6});
}

TEST_CASE("short and empty clips have no cuts", "[flow][cuts]") {
  CHECK(cuts_of({}).empty());
  CHECK(cuts_of({Wall(1).seen(0, 0)}).empty());
  CHECK(cuts_of({Wall(1).seen(0, 0), Wall(2).seen(0, 0)}).empty());
  CHECK(cuts_of(std::vector<vd::RgbImage>(8, vd::RgbImage(160, 90))).empty());
}
