// SPDX-License-Identifier: Apache-2.0
#include "stage/shot_tracks.h"

#include <algorithm>
#include <cmath>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "image/grey_frames.h"

namespace vd {

namespace {

constexpr std::size_t frames_decoded_at_once = 16;

/// Of every track its longest part that no mask covers, when that is two frames and more.
NumberedTracks outside_masks(NumberedTracks found, const WorkingFrames& source, const GivenMasks& masks,
                             const FrameRange& frames) {
  if (!masks.file(frames.first)) return found;
  std::vector<MaskMap> covered(static_cast<std::size_t>(frames.end - frames.first));
  parallel_for(covered.size(), [&](std::size_t k) {
    covered[k] = source.at_working_size(masks.of(frames.first + static_cast<int>(k)));
  });
  NumberedTracks kept;
  for (std::size_t track = 0; track < found.tracks.size(); ++track) {
    const PointTrack& seen = found.tracks[track];
    std::size_t best_first = 0, best_count = 0, count = 0;
    for (std::size_t k = 0; k < seen.pixels.size(); ++k) {
      const MaskMap& mask = covered[static_cast<std::size_t>(seen.first_frame) + k];
      const int x = std::clamp(static_cast<int>(std::lround(seen.pixels[k].x())), 0, mask.width() - 1);
      const int y = std::clamp(static_cast<int>(std::lround(seen.pixels[k].y())), 0, mask.height() - 1);
      count = mask(x, y) == 0 ? count + 1 : 0;
      if (count > best_count) best_count = count, best_first = k + 1 - count;
    }
    if (best_count < 2) continue;
    const auto begin = seen.pixels.begin() + static_cast<std::ptrdiff_t>(best_first);
    kept.tracks.push_back({seen.first_frame + static_cast<int>(best_first),
                           {begin, begin + static_cast<std::ptrdiff_t>(best_count)}});
    kept.numbers.push_back(found.numbers[track]);
  }
  return kept;
}

}  // namespace

GreyFrames grey_frames(const WorkingFrames& source, const FrameRange& shot) {
  return {static_cast<std::size_t>(shot.end - shot.first), [&source, shot](std::size_t frame) {
            check_interrupted();  // cameras are one item of work, of minutes in a long clip
            return source.grey(shot.first + static_cast<int>(frame));
          }};
}

ShotTracks::ShotTracks(const WorkingFrames& source, const GivenMasks& masks, const FrameRange& shot,
                       const TrackOptions& options)
    : source_(source), masks_(masks), shot_(shot), options_(options) {
  restart(0);
}

void ShotTracks::restart(int frame) {
  tracker_ = std::make_unique<PointTracker>(options_);
  first_ = forgotten_ = frame;
  ++restarts_;
}

void ShotTracks::advance(int end) {
  const GreyFrames frames = grey_frames(source_, shot_);
  for (int next = first_ + tracker_->frame_count(); next < end; next = first_ + tracker_->frame_count()) {
    std::vector<GreyImage> now(std::min(frames_decoded_at_once, static_cast<std::size_t>(end - next)));
    parallel_for(now.size(), [&](std::size_t k) { now[k] = *frames[static_cast<std::size_t>(next) + k]; });
    tracker_->add(now);
  }
}

NumberedTracks ShotTracks::of(const FrameWindow& window) {
  const int known_end = first_ + tracker_->frame_count();
  const bool goes_on = window.first >= forgotten_ && window.first <= known_end && window.end >= known_end;
  if (!goes_on) restart(window.first);
  tracker_->forget_before(window.first - first_);
  forgotten_ = window.first;
  advance(window.end);
  NumberedTracks found = tracker_->tracks_from(window.first - first_);
  // Numbers of an earlier run through the shot do not come back.
  constexpr std::int64_t most_tracks = std::int64_t{1} << 40;
  for (PointTrack& track : found.tracks) track.first_frame += first_ - window.first;
  for (std::int64_t& number : found.numbers) number += restarts_ * most_tracks;
  return outside_masks(std::move(found), source_, masks_,
                       {shot_.first + window.first, shot_.first + window.end});
}

}  // namespace vd
