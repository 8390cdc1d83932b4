// SPDX-License-Identifier: Apache-2.0
#include "stereo/depth.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/parallel.h"

namespace vd {
namespace {

RawDepth nothing_measured(const MatchImage& reference, const DepthRange& range) {
  const int width = reference.camera.intrinsics.width;
  const int height = reference.camera.intrinsics.height;
  const float inverse = range.valid() ? static_cast<float>(2.0 / (range.near + range.far)) : 1.0F;
  return {Map<float>(width, height, inverse), Map<float>(width, height), Map<float>(width, height)};
}

struct LoadedFrame {
  PosedImage image;
  MatchImage match;
};

/// The clip seen through a sliding window: images and raw depths are made when a chunk needs them and dropped
/// when no later chunk can.
class Window {
 public:
  Window(const DepthClip& clip, const DepthOptions& options) : clip_(clip), options_(options) {
    const int count = static_cast<int>(clip.cameras.size());
    neighbours_.resize(count);
    parallel_for(count, [&](std::size_t i) {
      neighbours_[i] =
          choose_neighbours(clip.cameras, static_cast<int>(i), clip.ranges[i], options.neighbours);
    });
  }

  [[nodiscard]] const std::vector<int>& neighbours(int frame) const { return neighbours_[frame]; }

  /// Final depth of these frames, which come in ascending order from call to call.
  [[nodiscard]] std::vector<FrameDepth> finish(Span<const int> frames) {
    forget_before(frames[0]);
    std::vector<int> compared;
    for (const int i : frames) {
      compared.push_back(i);
      for (const int j : nearest(i)) compared.push_back(j);
    }
    measure(compared);
    std::vector<FrameDepth> results(frames.size());
    parallel_for(results.size(), [&](std::size_t k) { results[k] = finish_frame(frames[k]); });
    return results;
  }

 private:
  [[nodiscard]] std::vector<int> nearest(int frame) const {
    std::vector<int> frames = neighbours_[frame];
    frames.resize(std::min<std::size_t>(frames.size(), options_.compared_neighbours));
    return frames;
  }

  /// Makes the raw depth of the frames that have none yet.
  void measure(std::vector<int> frames) {
    std::sort(frames.begin(), frames.end());
    frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
    frames.erase(std::remove_if(frames.begin(), frames.end(), [&](int i) { return raw_.count(i) > 0; }),
                 frames.end());
    int last_needed = -1;
    for (const int i : frames) {
      last_needed = std::max(last_needed, i);
      for (const int j : neighbours_[i]) last_needed = std::max(last_needed, j);
    }
    load_through(last_needed);
    std::vector<RawDepth> made(frames.size());
    parallel_for(frames.size(), [&](std::size_t k) { made[k] = measure_frame(frames[k]); });
    for (std::size_t k = 0; k < frames.size(); ++k) raw_.emplace(frames[k], std::move(made[k]));
  }

  void load_through(int last) {
    const int first = next_to_load_;
    if (last < first) return;
    for (; next_to_load_ <= last; ++next_to_load_) images_[next_to_load_].image = clip_.image(next_to_load_);
    parallel_for(last - first + 1, [&](std::size_t k) {
      LoadedFrame& frame = images_.at(first + static_cast<int>(k));
      frame.match = prepare_for_matching(frame.image);
    });
  }

  [[nodiscard]] RawDepth measure_frame(int frame) const {
    std::vector<const MatchImage*> others;
    for (const int j : neighbours_[frame]) others.push_back(&images_.at(j).match);
    return seed_and_refine(images_.at(frame).match, others, clip_.ranges[frame], options_);
  }

  [[nodiscard]] FrameDepth finish_frame(int frame) const {
    std::vector<DepthView> others;
    for (const int j : nearest(frame)) others.push_back({clip_.cameras[j], &raw_.at(j)});
    const CheckedDepth checked =
        geometric_check({clip_.cameras[frame], &raw_.at(frame)}, others, options_.check);
    const MaskMap moving = clip_.moving ? clip_.moving(frame) : MaskMap();
    const Map<float> prior = clip_.prior_inverse ? clip_.prior_inverse(frame) : Map<float>();
    return complete(images_.at(frame).image, checked, {moving.view(), prior.view()}, options_.completion);
  }

  void forget_before(int next) {
    int first_compared = next;
    for (int i = next; i < static_cast<int>(neighbours_.size()); ++i)
      for (const int j : nearest(i)) first_compared = std::min(first_compared, j);
    raw_.erase(raw_.begin(), raw_.lower_bound(first_compared));
    int first_image = next;
    for (int i = first_compared; i < static_cast<int>(neighbours_.size()); ++i)
      for (const int j : neighbours_[i]) first_image = std::min(first_image, j);
    images_.erase(images_.begin(), images_.lower_bound(first_image));
    next_to_load_ = std::max(next_to_load_, first_image);
  }

  const DepthClip& clip_;
  const DepthOptions& options_;
  std::vector<std::vector<int>> neighbours_;
  std::map<int, LoadedFrame> images_;
  std::map<int, RawDepth> raw_;
  int next_to_load_ = 0;
};

}  // namespace

RawDepth seed_and_refine(const MatchImage& reference, Span<const MatchImage* const> neighbours,
                         const DepthRange& range, const DepthOptions& options) {
  if (neighbours.empty() || !range.valid()) return nothing_measured(reference, range);
  const auto nearest =
      neighbours.subspan(0, std::min<std::size_t>(neighbours.size(), options.compared_neighbours));
  return joint_lucas_kanade(reference, neighbours, plane_sweep(reference, nearest, range, options.sweep),
                            range, options.refinement);
}

DepthReport for_each_frame_depth(const DepthClip& clip, const DepthOptions& given) {
  const int count = static_cast<int>(clip.cameras.size());
  if (clip.ranges.size() != clip.cameras.size())
    throw Error("dense depth", std::to_string(clip.ranges.size()) + " depth ranges for " +
                                   std::to_string(count) + " cameras");
  const DepthOptions options = resolved(given);
  Window window(clip, options);
  DepthReport report;
  std::vector<int> frames;
  for (int i = 0; i < count; ++i)
    if (!clip.wanted || clip.wanted(i)) frames.push_back(i);
  report.frames = static_cast<int>(frames.size());
  const std::size_t chunk = 2 * static_cast<std::size_t>(thread_count());
  double observed = 0;
  for (std::size_t first = 0; first < frames.size(); first += chunk) {
    const Span<const int> now(frames.data() + first, std::min(chunk, frames.size() - first));
    std::vector<FrameDepth> results = window.finish(now);
    for (std::size_t k = 0; k < now.size(); ++k) {
      const int i = now[k];
      FrameDepth& result = results[k];
      const auto& confidence = result.confidence.values();
      observed += static_cast<double>(
                      std::count_if(confidence.begin(), confidence.end(), [](float c) { return c > 0; })) /
                  static_cast<double>(confidence.size());
      if (window.neighbours(i).empty()) ++report.frames_without_parallax;
      clip.sink(i, std::move(result));
    }
  }
  report.observed = frames.empty() ? 0 : observed / static_cast<double>(frames.size());
  return report;
}

std::vector<FrameDepth> dense_depth(Span<const PosedImage> images, Span<const DepthRange> ranges,
                                    Span<const MaskMap> moving, const DepthOptions& options) {
  DepthClip clip;
  for (const PosedImage& image : images) clip.cameras.push_back(image.camera);
  clip.ranges.assign(ranges.begin(), ranges.end());
  clip.image = [images](int frame) { return images[frame]; };
  if (!moving.empty()) clip.moving = [moving](int frame) { return moving[frame]; };
  std::vector<FrameDepth> results(images.size());
  clip.sink = [&results](int frame, FrameDepth depth) { results[frame] = std::move(depth); };
  for_each_frame_depth(clip, options);
  return results;
}

}  // namespace vd
