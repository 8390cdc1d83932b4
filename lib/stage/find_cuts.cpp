// SPDX-License-Identifier: Apache-2.0
#include "stage/find_cuts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "flow/scene_cuts.h"

namespace vd {

namespace {

constexpr int frames_at_once = 32;

std::vector<int> detected_cuts(const Clip& clip) {
  SceneCutDetector detector;
  for (int first = 0; first < clip.frame_count(); first += frames_at_once) {
    check_interrupted();
    std::vector<SceneCutDetector::Thumbnail> frames(
        static_cast<std::size_t>(std::min(frames_at_once, clip.frame_count() - first)));
    parallel_for(frames.size(), [&](std::size_t k) {
      frames[k] = SceneCutDetector::thumbnail(clip.read_frame(first + static_cast<int>(k)));
    });
    detector.add(std::move(frames));
  }
  return detector.finish();
}

std::vector<int> stated_cuts(const std::string& text, int frame_count) {
  std::vector<int> cuts;
  std::istringstream parts(text);
  std::string part;
  while (std::getline(parts, part, ',')) {
    int cut = 0;
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), cut);
    if (problem != std::errc() || end != part.data() + part.size()) {
      throw MisuseError("--cuts", fmt::format("'{}' is neither auto, none nor frames such as 120,305", text));
    }
    if (cut < 1 || cut >= frame_count || (!cuts.empty() && cut <= cuts.back())) {
      throw MisuseError("--cuts",
                        fmt::format("frame {} cannot begin a further shot of {} frames", cut, frame_count));
    }
    cuts.push_back(cut);
  }
  return cuts;
}

}  // namespace

std::vector<int> find_cuts(const Clip& clip, const std::string& text) {
  if (text == "none") return {};
  return text == "auto" ? detected_cuts(clip) : stated_cuts(text, clip.frame_count());
}

std::vector<FrameRange> shots_of(const ClipInfo& info) {
  std::vector<FrameRange> shots = {{0, info.frames}};
  for (const int cut : info.cuts) {
    shots.back().end = cut;
    shots.push_back({cut, info.frames});
  }
  return shots;
}

int shot_of(const ClipInfo& info, int frame) {
  return static_cast<int>(std::upper_bound(info.cuts.begin(), info.cuts.end(), frame) - info.cuts.begin());
}

}  // namespace vd
