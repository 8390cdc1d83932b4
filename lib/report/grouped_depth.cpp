// SPDX-License-Identifier: Apache-2.0
#include "report/grouped_depth.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace vd {
namespace {

enum Bit : std::uint8_t { kScored = 1, kPredicted = 2, kObserved = 4, kStatic = 8, kMoving = 16 };

/// The fitted prediction is depth in the unit of the truth: what is left is to score it as it is.
DepthEvaluationOptions scoring_only(DepthEvaluationOptions options) {
  options.fit = DepthFit::none;
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

template <typename T>
void check_size(const Map<T>& map, const DepthMap& truth, const char* what) {
  if (!map.empty() && !map.same_size(truth)) throw Error(what, "has another size than the true depth");
}

}  // namespace

/// Pixels with all bits of `with` and none of `without`; `whole` is what their number is compared with.
struct GroupedDepth::Selection {
  const char* name;
  std::uint8_t with;
  std::uint8_t without;
  std::uint8_t whole;
  [[nodiscard]] bool takes(std::uint8_t bits) const { return (bits & with) == with && (bits & without) == 0; }
};

void GroupedDepth::add_frame(const DepthFrame& frame) {
  if (!frame.prediction.same_size(frame.truth)) throw Error("depth", "prediction and truth differ in size");
  check_size(frame.confidence, frame.truth, "confidence");
  check_size(frame.moving, frame.truth, "moving mask");
  check_size(frame.scored, frame.truth, "mask");
  every_frame_has_mask_ = every_frame_has_mask_ && !frame.moving.empty();
  has_confidence_ = has_confidence_ || !frame.confidence.empty();
  for (std::size_t k = 0; k < frame.truth.pixels(); ++k) {
    const float truth = frame.truth.values()[k];
    if (!(truth > 0) || !std::isfinite(truth)) continue;
    const float prediction = frame.prediction.values()[k];
    // Negative disparities are rare and legal; a negative depth is not.
    const bool predicted = is_predicted(prediction, false) || prediction < 0;
    const float confidence = frame.confidence.empty() ? 1.0F : frame.confidence.values()[k];
    std::uint8_t bits = 0;
    if (frame.scored.empty() || frame.scored.values()[k] != 0) bits |= kScored;
    if (predicted) bits |= kPredicted;
    if (predicted && confidence > 0) bits |= kObserved;
    if (!frame.moving.empty()) bits |= frame.moving.values()[k] != 0 ? kMoving : kStatic;
    prediction_.push_back(std::isfinite(prediction) ? prediction : 0);
    truth_.push_back(truth);
    confidence_.push_back(confidence);
    bits_.push_back(bits);
  }
  frame_begin_.push_back(truth_.size());
}

std::vector<GroupedDepth::Selection> GroupedDepth::selections() const {
  std::vector<Selection> list = {{"all", kScored, 0, kScored},
                                 {"observed", kScored | kObserved, 0, kScored},
                                 {"filled", kScored | kPredicted, kObserved, kScored}};
  if (!every_frame_has_mask_) return list;
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

DepthSamples GroupedDepth::samples(const Selection& selection, const std::vector<float>& prediction) const {
  DepthSamples samples;
  std::vector<float> chosen, truth;
  for (std::size_t frame = 0; frame + 1 < frame_begin_.size(); ++frame) {
    chosen.clear();
    truth.clear();
    for (std::size_t k = frame_begin_[frame]; k < frame_begin_[frame + 1]; ++k) {
      if (!selection.takes(bits_[k])) continue;
      chosen.push_back(prediction[k]);
      truth.push_back(truth_[k]);
    }
    const int count = static_cast<int>(truth.size());
    const int rows = count > 0 ? 1 : 0;
    samples.add_frame(MapView<const float>(chosen.data(), count, rows),
                      MapView<const float>(truth.data(), count, rows));
  }
  return samples;
}

std::vector<ScaleShift> GroupedDepth::fits(const Selection& selection,
                                           const DepthEvaluationOptions& options) const {
  const DepthSamples chosen = samples(selection, prediction_);
  const ScaleShift of_sequence = fit_depth(chosen, 0, chosen.size(), options);
  std::vector<ScaleShift> fits(chosen.frames(), of_sequence);
  if (options.fit_span == FitSpan::sequence) return fits;
  for (std::size_t frame = 0; frame < fits.size(); ++frame) {
    const std::size_t begin = chosen.frame_begin(frame), end = chosen.frame_begin(frame + 1);
    if (end > begin) fits[frame] = fit_depth(chosen, begin, end, options);
  }
  return fits;
}

std::vector<float> GroupedDepth::fitted(const std::vector<ScaleShift>& fits,
                                        const DepthEvaluationOptions& o) const {
  std::vector<float> depth(prediction_.size(), 0.0F);
  for (std::size_t frame = 0; frame < fits.size(); ++frame) {
    for (std::size_t k = frame_begin_[frame]; k < frame_begin_[frame + 1]; ++k) {
      if (!is_predicted(prediction_[k], o.disparity) && !o.unknown_is_zero) continue;
      float value = prediction_[k];
      if (o.pre_clip_min != 0) value = std::max(value, static_cast<float>(o.pre_clip_min));
      if (o.pre_clip_max != 0) value = std::min(value, static_cast<float>(o.pre_clip_max));
      const double scaled = fits[frame].scale * value + fits[frame].shift;
      depth[k] = static_cast<float>(!o.disparity ? scaled : scaled > 0 ? 1 / scaled : 0.0);
    }
  }
  return depth;
}

double GroupedDepth::coverage(const Selection& selection, const DepthEvaluationOptions& options) const {
  std::size_t inside = 0, whole = 0;
  for (std::size_t k = 0; k < bits_.size(); ++k) {
    if (!in_range(truth_[k], options)) continue;
    whole += (bits_[k] & selection.whole) == selection.whole;
    inside += selection.takes(bits_[k]) && (bits_[k] & kPredicted) != 0;
  }
  return whole == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(whole);
}

double GroupedDepth::best_half(const Selection& selection, const std::vector<float>& fitted,
                               const DepthEvaluationOptions& options) const {
  if (!has_confidence_) return NAN;
  const auto is_member = [&](std::size_t k) {
    return selection.takes(bits_[k]) && in_range(truth_[k], options);
  };
  std::vector<float> confidences;
  for (std::size_t k = 0; k < bits_.size(); ++k) {
    if (is_member(k)) confidences.push_back(confidence_[k]);
  }
  if (confidences.empty()) return NAN;
  const auto middle = confidences.begin() + static_cast<std::ptrdiff_t>(confidences.size() / 2);
  std::nth_element(confidences.begin(), middle, confidences.end());
  const float least = *middle;
  double sum = 0, count = 0;
  for (std::size_t k = 0; k < bits_.size(); ++k) {
    if (!is_member(k) || confidence_[k] < least) continue;
    sum += std::abs(static_cast<double>(fitted[k]) - truth_[k]) / truth_[k];
    count += 1;
  }
  return sum / count;
}

std::vector<DepthGroup> GroupedDepth::evaluate(const DepthEvaluationOptions& options,
                                               FitPixels fit_pixels) const {
  std::vector<Selection> list = selections();
  Selection reference = list.front();
  if (fit_pixels == FitPixels::observed) {
    for (const Selection& selection : list) {
      const bool wanted = every_frame_has_mask_ ? selection.name == std::string("observed_static")
                                                : selection.name == std::string("observed");
      if (wanted && samples(selection, prediction_).size() > 0) reference = selection;
    }
  }
  std::vector<ScaleShift> shared = fits(reference, options);
  std::vector<float> depth = fitted(shared, options);
  std::vector<DepthGroup> groups;
  for (const Selection& selection : list) {
    if (fit_pixels == FitPixels::own) {
      shared = fits(selection, options);
      depth = fitted(shared, options);
    }
    DepthGroup group;
    group.name = selection.name;
    group.score = evaluate_depth(samples(selection, depth), scoring_only(options));
    if (group.score.metrics.valid_pixels == 0) continue;
    group.score.fits =
        options.fit_span == FitSpan::sequence ? std::vector<ScaleShift>{shared.front()} : shared;
    group.coverage = coverage(selection, options);
    group.abs_rel_best_half = best_half(selection, depth, options);
    groups.push_back(group);
  }
  return groups;
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
