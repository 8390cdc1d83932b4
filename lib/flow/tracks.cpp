// SPDX-License-Identifier: Apache-2.0
#include "flow/tracks.h"

#include <algorithm>
#include <cmath>

#include <opencv2/video/tracking.hpp>

#include "core/error.h"
#include "core/parallel.h"
#include "flow/consistency.h"
#include "flow/corners.h"
#include "image/opencv.h"
#include "image/sample.h"

namespace vd {
namespace {

constexpr int top_level = 2;  // three pyramid levels: the dense flow already covers large motion
constexpr int border_px = 3;  // a window closer than this to the border sees too little
constexpr std::size_t points_per_task = 128;

using Pyramid = std::vector<cv::Mat>;

/// What a frame brings besides its pixels.
struct FrameEvidence {
  Pyramid pyramid;  // with derivatives
  std::vector<Corner> corners;
  FlowMap from_previous;  // flow of the previous frame to this one, empty for the first frame
  FlowMap to_previous;
};

/// Share of the lengths in the options that frames of this size are given: a window of 15 px sees as much of
/// a scene in 192 pixels as one of 40 px in 512, and what it sees there moves in more than one way.
double length_factor(int width, int height) {
  constexpr double full_side_px = 512;
  return std::min(1.0, std::max(width, height) / full_side_px);
}

TrackOptions fitted_to(TrackOptions options, int width, int height) {
  constexpr int least_window_px = 9;
  constexpr double least_spacing_px = 3;
  const double factor = length_factor(width, height);
  const auto shortened = [&](int length_px) { return static_cast<int>(std::lround(factor * length_px)); };
  options.window_px =
      std::max(std::min(options.window_px, least_window_px), shortened(options.window_px)) | 1;
  options.spacing_px = std::max(std::min(options.spacing_px, least_spacing_px), factor * options.spacing_px);
  options.cell_px = std::max(16, shortened(options.cell_px));
  return options;
}

CornerOptions corner_options(const TrackOptions& o, int width, int height) {
  constexpr int corner_border_px = 8;
  const int border =
      std::max(border_px + 1, static_cast<int>(std::lround(length_factor(width, height) * corner_border_px)));
  return {o.points_per_frame, o.spacing_px, o.cell_px, o.corner_floor, border};
}

cv::Mat lucas_kanade(const Pyramid& from, const Pyramid& to, const std::vector<cv::Point2f>& points,
                     std::vector<cv::Point2f>& guess, int window_px) {
  cv::Mat found;
  cv::calcOpticalFlowPyrLK(from, to, points, guess, found, cv::noArray(), cv::Size(window_px, window_px),
                           top_level,
                           cv::TermCriteria(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 30, 0.01),
                           cv::OPTFLOW_USE_INITIAL_FLOW);
  return found;
}

struct Step {
  Vec2 pixel;
  bool found = false;
};

/// One step of the points [first, first + count) to the next frame.
void step_points(const std::vector<Vec2>& points, std::size_t first, std::size_t count,
                 const Pyramid& previous, const FrameEvidence& next, const TrackOptions& options,
                 std::vector<Step>& steps) {
  const double width = next.pyramid[0].cols;
  const double height = next.pyramid[0].rows;
  std::vector<std::size_t> index;
  std::vector<cv::Point2f> start;
  std::vector<cv::Point2f> guess;
  for (std::size_t k = first; k < first + count; ++k) {
    const Vec2& p = points[k];
    const auto there = sample_bilinear(next.from_previous, p.x(), p.y());
    if (!there) continue;
    const Vec2 flow((*there)[0], (*there)[1]);
    const auto back = sample_bilinear(next.to_previous, p.x() + flow.x(), p.y() + flow.y());
    if (!back || (flow + Vec2((*back)[0], (*back)[1])).norm() > options.flow_round_trip_px) continue;
    index.push_back(k);
    start.emplace_back(static_cast<float>(p.x()), static_cast<float>(p.y()));
    guess.emplace_back(static_cast<float>(p.x() + flow.x()), static_cast<float>(p.y() + flow.y()));
  }
  if (index.empty()) return;
  std::vector<cv::Point2f> end = guess;
  const cv::Mat found = lucas_kanade(previous, next.pyramid, start, end, options.window_px);
  std::vector<cv::Point2f> back = start;
  const cv::Mat found_back = lucas_kanade(next.pyramid, previous, end, back, options.window_px);
  for (std::size_t k = 0; k < index.size(); ++k) {
    const auto i = static_cast<int>(k);
    const bool inside = end[k].x >= border_px && end[k].y >= border_px && end[k].x <= width - 1 - border_px &&
                        end[k].y <= height - 1 - border_px;
    const bool kept = found.at<std::uint8_t>(i) != 0 && found_back.at<std::uint8_t>(i) != 0 && inside &&
                      cv::norm(end[k] - guess[k]) <= options.flow_distance_px &&
                      cv::norm(back[k] - start[k]) <= options.round_trip_px;
    steps[index[k]] = {Vec2(end[k].x, end[k].y), kept};
  }
}

}  // namespace

struct PointTracker::State {
  TrackOptions asked;    // by the user
  TrackOptions options;  // fitted to the frames
  GreyImage last_frame;
  Pyramid last_pyramid;
  int frames = 0;
  std::vector<PointTrack> tracks;
  std::vector<std::int64_t> numbers;  // one a track
  std::int64_t next_number = 0;
  std::vector<std::size_t> live;  // indices of the tracks that reach the last frame

  [[nodiscard]] FrameEvidence look_at(const GreyImage* previous, const GreyImage& frame) const {
    FrameEvidence evidence;
    cv::buildOpticalFlowPyramid(as_mat(frame), evidence.pyramid,
                                cv::Size(options.window_px, options.window_px), top_level, true);
    evidence.corners = find_corners(frame, corner_options(options, frame.width(), frame.height()));
    if (previous != nullptr) {
      evidence.from_previous = dense_flow(*previous, frame, options.flow);
      evidence.to_previous = dense_flow(frame, *previous, options.flow);
    }
    return evidence;
  }

  [[nodiscard]] std::vector<Vec2> live_points() const {
    std::vector<Vec2> points(live.size());
    for (std::size_t k = 0; k < live.size(); ++k) points[k] = tracks[live[k]].pixels.back();
    return points;
  }

  void advance(const FrameEvidence& next) {
    const std::vector<Vec2> points = live_points();
    std::vector<Step> steps(points.size());
    parallel_for((points.size() + points_per_task - 1) / points_per_task, [&](std::size_t task) {
      const std::size_t first = task * points_per_task;
      step_points(points, first, std::min(points_per_task, points.size() - first), last_pyramid, next,
                  options, steps);
    });
    std::vector<std::size_t> survivors;
    for (std::size_t k = 0; k < live.size(); ++k) {
      if (!steps[k].found) continue;
      tracks[live[k]].pixels.push_back(steps[k].pixel);
      survivors.push_back(live[k]);
    }
    live = std::move(survivors);
  }

  void refill(const std::vector<Corner>& corners, int width, int height) {
    const CornerOptions corner = corner_options(options, width, height);
    for (const Vec2& pixel : refill_points(corners, live_points(), width, height, corner)) {
      live.push_back(tracks.size());
      tracks.push_back({frames, {pixel}});
      numbers.push_back(next_number++);
    }
  }

  /// Ended tracks that are too short are dropped as the video goes by, so that they do not pile up.
  void drop_short_tracks() {
    drop_ended_tracks(
        [&](const PointTrack& track) { return static_cast<int>(track.pixels.size()) < options.min_length; });
  }

  template <typename Test>
  void drop_ended_tracks(const Test& is_dropped) {
    std::vector<PointTrack> kept;
    std::vector<std::int64_t> kept_numbers;
    std::vector<std::size_t> still_live;
    std::size_t next_live = 0;
    for (std::size_t k = 0; k < tracks.size(); ++k) {
      const bool is_live = next_live < live.size() && live[next_live] == k;
      if (is_live) {
        still_live.push_back(kept.size());
        ++next_live;
      }
      if (!is_live && is_dropped(tracks[k])) continue;
      kept.push_back(std::move(tracks[k]));
      kept_numbers.push_back(numbers[k]);
    }
    tracks = std::move(kept);
    numbers = std::move(kept_numbers);
    live = std::move(still_live);
  }
};

PointTracker::PointTracker(const TrackOptions& options) : state_(std::make_unique<State>()) {
  state_->asked = options;
}
PointTracker::~PointTracker() = default;
PointTracker::PointTracker(PointTracker&&) noexcept = default;
PointTracker& PointTracker::operator=(PointTracker&&) noexcept = default;

void PointTracker::add(Span<const GreyImage> frames) {
  State& s = *state_;
  for (const GreyImage& frame : frames) {
    const GreyImage& first = s.last_frame.empty() ? frames[0] : s.last_frame;
    if (frame.empty() || !frame.same_size(first)) throw Error("point tracks", "frames of different sizes");
  }
  if (s.frames == 0 && !frames.empty()) s.options = fitted_to(s.asked, frames[0].width(), frames[0].height());
  // Evidence of a few frames at a time: enough to keep the threads busy, little enough for any length of
  // video.
  constexpr std::size_t block = 16;
  for (std::size_t begin = 0; begin < frames.size(); begin += block) {
    const std::size_t count = std::min(block, frames.size() - begin);
    std::vector<FrameEvidence> evidence(count);
    parallel_for(count, [&](std::size_t k) {
      const GreyImage* previous = begin + k > 0          ? &frames[begin + k - 1]
                                  : s.last_frame.empty() ? nullptr
                                                         : &s.last_frame;
      evidence[k] = s.look_at(previous, frames[begin + k]);
    });
    for (FrameEvidence& next : evidence) {
      if (s.frames > 0) s.advance(next);
      s.refill(next.corners, next.pyramid[0].cols, next.pyramid[0].rows);
      s.last_pyramid = std::move(next.pyramid);
      ++s.frames;
    }
    s.drop_short_tracks();
  }
  if (!frames.empty()) s.last_frame = frames[frames.size() - 1];
}

int PointTracker::frame_count() const { return state_->frames; }

NumberedTracks PointTracker::tracks_from(int frame) const {
  const State& s = *state_;
  NumberedTracks result;
  for (std::size_t k = 0; k < s.tracks.size(); ++k) {
    const PointTrack& track = s.tracks[k];
    const int first = std::max(track.first_frame, frame);
    if (track.last_frame() - first + 1 < std::max(1, s.options.min_length)) continue;
    result.tracks.push_back(
        {first, {track.pixels.begin() + (first - track.first_frame), track.pixels.end()}});
    result.numbers.push_back(s.numbers[k]);
  }
  return result;
}

void PointTracker::forget_before(int frame) {
  State& s = *state_;
  s.drop_ended_tracks([&](const PointTrack& track) { return track.last_frame() < frame; });
  for (PointTrack& track : s.tracks) {
    const int first = std::min(frame, track.last_frame());  // what is followed is not lost
    if (track.first_frame >= first) continue;
    track.pixels.erase(track.pixels.begin(), track.pixels.begin() + (first - track.first_frame));
    track.first_frame = first;
  }
}

std::vector<PointTrack> PointTracker::finish() {
  state_->live.clear();
  state_->drop_short_tracks();
  std::vector<PointTrack> tracks = std::move(state_->tracks);
  const TrackOptions asked = state_->asked;
  state_ = std::make_unique<State>();
  state_->asked = asked;
  return tracks;
}

std::vector<PointTrack> track_points(Span<const GreyImage> frames, const TrackOptions& options) {
  PointTracker tracker(options);
  tracker.add(frames);
  return tracker.finish();
}

void describe(TrackOptions& o, OptionTable& t) {
  t.add("--points", o.points_per_frame, range(50, 20000), "points followed in every frame");
  t.add("--spacing", o.spacing_px, range(2, 200), "least distance between points [px]")
      .hidden_in_short_help();
  t.add("--corner-cell", o.cell_px, range(16, 1024), "side of the cells in which corners compete [px]")
      .hidden_in_short_help();
  t.add("--corner-floor", o.corner_floor, range(0, 1), "least corner strength").hidden_in_short_help();
  t.add("--window", o.window_px, range(5, 41), "side of the window that is followed [px]")
      .hidden_in_short_help();
  t.add("--round-trip", o.round_trip_px, range(0.01, 10), "a point must come back within [px]")
      .hidden_in_short_help();
}

}  // namespace vd
