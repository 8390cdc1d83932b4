// SPDX-License-Identifier: Apache-2.0
#include "report/grouped_depth.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"
#include "metrics/rank_selection.h"
#include "metrics/streamed_fit.h"
#include "report/frame_pixels.h"

namespace vd {
namespace {

/// The fitted prediction is depth in the unit of the truth: what is left is to score it as it is.
DepthEvaluationOptions scoring_only(DepthEvaluationOptions options) {
  options.fit = DepthFit::none;
  options.fit_span = FitSpan::sequence;
  options.disparity = false;
  options.pre_clip_min = options.pre_clip_max = 0;
  options.unknown_is_zero = true;  // a fitted depth below 0 is scored as such
  return options;
}

bool is_predicted(float value, bool disparity) {
  return std::isfinite(value) && (disparity ? value != 0 : value > 0);
}

bool in_range(float truth, const DepthEvaluationOptions& options) {
  return truth > options.min_depth && (options.max_depth == 0 || truth < options.max_depth);
}

/// Pixels with all bits of `with` and none of `without`; `whole` is what their number is compared with.
struct Selection {
  const char* name;
  std::uint8_t with;
  std::uint8_t without;
  std::uint8_t whole;
  [[nodiscard]] bool takes(std::uint8_t bits) const { return (bits & with) == with && (bits & without) == 0; }
};

std::vector<Selection> selections(bool every_frame_has_mask) {
  std::vector<Selection> list = {{"all", kScored, 0, kScored},
                                 {"observed", kScored | kObserved, 0, kScored},
                                 {"filled", kScored | kPredicted, kObserved, kScored}};
  if (!every_frame_has_mask) return list;
  constexpr std::uint8_t kStill = kScored | kStatic, kMoves = kScored | kMoving;
  for (const Selection& selection : {Selection{"static", kStill, 0, kStill},
                                     {"observed_static", kStill | kObserved, 0, kStill},
                                     {"filled_static", kStill | kPredicted, kObserved, kStill},
                                     {"dynamic", kMoves, 0, kMoves},
                                     {"observed_dynamic", kMoves | kObserved, 0, kMoves}}) {
    list.push_back(selection);
  }
  return list;
}

/// The chosen pixels of one frame, with these predictions, as samples of one frame.
DepthSamples samples_of(const FramePixels& pixels, const std::vector<float>& prediction,
                        const Selection& selection) {
  std::vector<float> chosen, truth;
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    if (!selection.takes(pixels.bits[k])) continue;
    chosen.push_back(prediction[k]);
    truth.push_back(pixels.truth[k]);
  }
  const int count = static_cast<int>(truth.size());
  const int rows = count > 0 ? 1 : 0;
  DepthSamples samples;
  samples.add_frame(MapView<const float>(chosen.data(), count, rows),
                    MapView<const float>(truth.data(), count, rows));
  return samples;
}

std::vector<float> fitted(const FramePixels& pixels, const ScaleShift& fit, const DepthEvaluationOptions& o) {
  std::vector<float> depth(pixels.size(), 0.0F);
  for (std::size_t k = 0; k < depth.size(); ++k) {
    float value = pixels.prediction[k];
    if (!is_predicted(value, o.disparity) && !o.unknown_is_zero) continue;
    if (o.pre_clip_min != 0) value = std::max(value, static_cast<float>(o.pre_clip_min));
    if (o.pre_clip_max != 0) value = std::min(value, static_cast<float>(o.pre_clip_max));
    const double scaled = fit.scale * value + fit.shift;
    depth[k] = static_cast<float>(!o.disparity ? scaled : scaled > 0 ? 1 / scaled : 0.0);
  }
  return depth;
}

/// What one frame brings to a group.
struct FrameShare {
  DepthSums sums;
  std::size_t inside = 0, whole = 0;    // for the coverage
  double best_sum = 0, best_count = 0;  // relative errors at the better half of the confidences
};

/// The scores of a clip in the making: a few rounds over its pixels.
class Rounds {
 public:
  Rounds(const DepthFrames& frames, const DepthEvaluationOptions& options, std::size_t memory_bytes)
      : pixels_(frames, memory_bytes), options_(options) {}

  std::vector<DepthGroup> evaluate(FitPixels fit_pixels) {
    take_census();
    rank_confidences();
    const Selection shared = reference(fit_pixels);
    if (fit_pixels != FitPixels::own) {
      const std::vector<ScaleShift> fits = fits_of(shared);
      return score(list_, fits);
    }
    std::vector<DepthGroup> groups;
    for (const Selection& selection : list_) {
      for (DepthGroup& group : score({selection}, fits_of(selection))) groups.push_back(std::move(group));
    }
    return groups;
  }

 private:
  [[nodiscard]] bool is_member(const FramePixels& pixels, std::size_t k, const Selection& selection) const {
    return selection.takes(pixels.bits[k]) && in_range(pixels.truth[k], options_);
  }

  /// First round: which groups there are, how many pixels each has, and half of the way to the median of
  /// their confidences.
  void take_census() {
    const std::vector<Selection> possible = selections(true);
    std::vector<std::size_t> counts(possible.size(), 0);
    confidences_.resize(possible.size());
    frame_counts_.assign(possible.size(), std::vector<std::size_t>(pixels_.frames(), 0));
    bool every_frame_has_mask = true;
    pixels_.each([&](std::size_t frame, const FramePixels& pixels) {
      every_frame_has_mask = every_frame_has_mask && pixels.has_mask;
      has_confidence_ = has_confidence_ || pixels.has_confidence;
      for (std::size_t g = 0; g < possible.size(); ++g) {
        for (std::size_t k = 0; k < pixels.size(); ++k) {
          frame_counts_[g][frame] += possible[g].takes(pixels.bits[k]);
          if (is_member(pixels, k, possible[g])) confidences_[g].count(pixels.confidence[k]);
        }
      }
    });
    list_ = selections(every_frame_has_mask);
  }

  void rank_confidences() {
    if (!has_confidence_) return;
    for (RankSelection& selection : confidences_) selection.choose(selection.size() / 2);
    pixels_.each([&](std::size_t, const FramePixels& pixels) {
      for (std::size_t g = 0; g < list_.size(); ++g) {
        for (std::size_t k = 0; k < pixels.size(); ++k)
          if (is_member(pixels, k, list_[g])) confidences_[g].refine(pixels.confidence[k]);
      }
    });
  }

  [[nodiscard]] std::size_t index_of(const Selection& selection) const {
    std::size_t g = 0;
    while (std::string(list_[g].name) != selection.name) ++g;
    return g;
  }

  /// The pixels that make the fit of all groups.
  [[nodiscard]] Selection reference(FitPixels fit_pixels) const {
    if (fit_pixels != FitPixels::observed) return list_.front();
    const std::string wanted = list_.size() > 3 ? "observed_static" : "observed";
    for (std::size_t g = 0; g < list_.size(); ++g) {
      const auto& counts = frame_counts_[g];
      const bool has_pixels = std::any_of(counts.begin(), counts.end(), [](std::size_t n) { return n > 0; });
      if (list_[g].name == wanted && has_pixels) return list_[g];
    }
    return list_.front();
  }

  /// One fit a frame; frames without pixels of their own take that of the sequence.
  [[nodiscard]] std::vector<ScaleShift> fits_of(const Selection& selection) {
    const auto input = [&](const FramePixels& pixels) {
      const DepthSamples samples = samples_of(pixels, pixels.prediction, selection);
      return fit_input(samples, 0, samples.size(), options_);
    };
    const auto& counts = frame_counts_[index_of(selection)];
    const bool one_fit = options_.fit_span == FitSpan::sequence;
    std::vector<ScaleShift> fits(pixels_.frames());
    if (one_fit || std::find(counts.begin(), counts.end(), 0) != counts.end()) {
      const ScaleShift of_sequence = fit_in_rounds(
          [&](const std::function<void(const FitInput&)>& use) {
            pixels_.each([&](std::size_t, const FramePixels& pixels) { use(input(pixels)); });
          },
          options_);
      std::fill(fits.begin(), fits.end(), of_sequence);
    }
    if (one_fit) return fits;
    pixels_.each(
        [&](std::size_t frame, const FramePixels& pixels) {
          if (counts[frame] > 0) fits[frame] = fit_samples(input(pixels), options_);
        },
        [](std::size_t) {});
    return fits;
  }

  [[nodiscard]] FrameShare share_of(const FramePixels& pixels, const std::vector<float>& depth,
                                    const Selection& selection) const {
    FrameShare share;
    share.sums = evaluate_depth(samples_of(pixels, depth, selection), scoring_only(options_)).sums[0];
    const float least = confidences_[index_of(selection)].value();
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      if (!in_range(pixels.truth[k], options_)) continue;
      share.whole += (pixels.bits[k] & selection.whole) == selection.whole;
      if (!selection.takes(pixels.bits[k])) continue;
      share.inside += (pixels.bits[k] & kPredicted) != 0;
      if (pixels.confidence[k] < least) continue;
      share.best_sum += std::abs(static_cast<double>(depth[k]) - pixels.truth[k]) / pixels.truth[k];
      share.best_count += 1;
    }
    return share;
  }

  /// Last round: the scores of these groups under one fit a frame.
  std::vector<DepthGroup> score(const std::vector<Selection>& list, const std::vector<ScaleShift>& fits) {
    std::vector<std::vector<FrameShare>> shares(list.size(), std::vector<FrameShare>(pixels_.frames()));
    pixels_.each(
        [&](std::size_t frame, const FramePixels& pixels) {
          const std::vector<float> depth = fitted(pixels, fits[frame], options_);
          for (std::size_t g = 0; g < list.size(); ++g) shares[g][frame] = share_of(pixels, depth, list[g]);
        },
        [](std::size_t) {});
    std::vector<DepthGroup> groups;
    for (std::size_t g = 0; g < list.size(); ++g) {
      DepthGroup group = group_of(list[g], shares[g]);
      if (group.score.metrics.valid_pixels == 0) continue;
      group.score.fits =
          options_.fit_span == FitSpan::sequence ? std::vector<ScaleShift>{fits.front()} : fits;
      groups.push_back(std::move(group));
    }
    return groups;
  }

  [[nodiscard]] DepthGroup group_of(const Selection& selection, const std::vector<FrameShare>& shares) const {
    DepthGroup group;
    group.name = selection.name;
    FrameShare sum;
    for (const FrameShare& share : shares) {
      group.score.sums.push_back(share.sums);
      sum.inside += share.inside;
      sum.whole += share.whole;
      sum.best_sum += share.best_sum;
      sum.best_count += share.best_count;
    }
    summarise(group.score, options_.pooling);
    group.coverage = sum.whole == 0 ? 0 : static_cast<double>(sum.inside) / static_cast<double>(sum.whole);
    group.abs_rel_best_half = has_confidence_ && sum.best_count > 0 ? sum.best_sum / sum.best_count : NAN;
    return group;
  }

  PixelRounds pixels_;
  DepthEvaluationOptions options_;
  std::vector<Selection> list_;
  std::vector<RankSelection> confidences_;              // one a group
  std::vector<std::vector<std::size_t>> frame_counts_;  // pixels of a group in each frame
  bool has_confidence_ = false;
};

}  // namespace

std::vector<DepthGroup> evaluate_grouped_depth(const DepthFrames& frames,
                                               const DepthEvaluationOptions& options, FitPixels fit_pixels,
                                               std::size_t memory_bytes) {
  if (frames.count == 0) return {};
  return Rounds(frames, options, memory_bytes).evaluate(fit_pixels);
}

std::vector<Metric> depth_metrics(const std::vector<DepthGroup>& groups) {
  std::vector<Metric> metrics;
  for (const DepthGroup& group : groups) {
    const DepthMetrics& m = group.score.metrics;
    const std::string prefix = "depth." + group.name + ".";
    const std::vector<Metric> values = {{"abs_rel", m.abs_rel},
                                        {"sq_rel", m.sq_rel},
                                        {"rmse", m.rmse},
                                        {"log_rmse", m.log_rmse},
                                        {"log10", m.log10},
                                        {"irmse", m.irmse},
                                        {"si_log", m.si_log},
                                        {"delta1", m.delta1},
                                        {"delta2", m.delta2},
                                        {"delta3", m.delta3},
                                        {"coverage", group.coverage},
                                        {"pixels", static_cast<double>(m.valid_pixels)}};
    for (const Metric& value : values) metrics.push_back({prefix + value.name, value.value});
    if (!std::isnan(group.abs_rel_best_half))
      metrics.push_back({prefix + "abs_rel_best_half", group.abs_rel_best_half});
  }
  return metrics;
}

}  // namespace vd
