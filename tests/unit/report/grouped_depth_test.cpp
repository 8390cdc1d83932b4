// SPDX-License-Identifier: Apache-2.0
#include "report/grouped_depth.h"

#include <atomic>
#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"

namespace vd {
namespace {

/// A 4x2 frame: truth 2 everywhere but one unknown pixel; the right half moves; the lower row was not
/// observed.
DepthFrame small_frame(float upper, float lower) {
  DepthFrame frame;
  frame.truth = DepthMap(4, 2, 2.0F);
  frame.truth(0, 0) = 0;
  frame.prediction = DepthMap(4, 2, upper);
  frame.confidence = ConfidenceMap(4, 2, 1.0F);
  frame.moving = MaskMap(4, 2);
  for (int x = 0; x < 4; ++x) {
    frame.prediction(x, 1) = lower;
    frame.confidence(x, 1) = 0;
    if (x >= 2) frame.moving(x, 0) = frame.moving(x, 1) = 255;
  }
  return frame;
}

/// Frames in memory, scored as if hardly any memory was there for them: `kept_bytes` of it.
struct GroupedDepth {
  std::vector<DepthFrame> frames;
  std::size_t kept_bytes = 0;
  mutable std::atomic<int> reads{0};
  void add_frame(const DepthFrame& frame) { frames.push_back(frame); }
  [[nodiscard]] std::vector<DepthGroup> evaluate(const DepthEvaluationOptions& options,
                                                 FitPixels fit_pixels) const {
    const auto read = [this](std::size_t k) {
      ++reads;
      return frames[k];
    };
    return evaluate_grouped_depth({frames.size(), read}, options, fit_pixels, kept_bytes);
  }
};

const DepthGroup* find(const std::vector<DepthGroup>& groups, const std::string& name) {
  for (const DepthGroup& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

TEST_CASE("observed, filled, still and moving pixels are scored apart", "[report]") {
  GroupedDepth depth;
  depth.add_frame(small_frame(2.2F, 3.0F));
  DepthEvaluationOptions options;
  options.fit = DepthFit::none;
  const auto groups = depth.evaluate(options, FitPixels::observed);
  CHECK(groups.size() == 8);
  struct Want {
    const char* name;
    double abs_rel, coverage;
    std::size_t pixels;
  };
  for (const Want& want :
       {Want{"all", (3 * 0.1 + 4 * 0.5) / 7, 1, 7}, Want{"observed", 0.1, 3.0 / 7, 3},
        Want{"filled", 0.5, 4.0 / 7, 4}, Want{"static", (0.1 + 2 * 0.5) / 3, 1, 3},
        Want{"observed_static", 0.1, 1.0 / 3, 1}, Want{"filled_static", 0.5, 2.0 / 3, 2},
        Want{"dynamic", (2 * 0.1 + 2 * 0.5) / 4, 1, 4}, Want{"observed_dynamic", 0.1, 0.5, 2}}) {
    INFO(want.name);
    const DepthGroup* group = find(groups, want.name);
    REQUIRE(group != nullptr);
    CHECK(group->score.metrics.abs_rel == Approx(want.abs_rel).epsilon(1e-5));
    CHECK(group->coverage == Approx(want.coverage));
    CHECK(group->score.metrics.valid_pixels == want.pixels);
  }
}

TEST_CASE("the scale comes from the pixels that were asked for", "[report]") {
  GroupedDepth depth;
  for (int k = 0; k < 3; ++k) depth.add_frame(small_frame(4.0F, 1.0F));
  DepthEvaluationOptions options;  // median
  const auto observed = depth.evaluate(options, FitPixels::observed);
  CHECK(find(observed, "observed")->score.metrics.abs_rel == Approx(0).margin(1e-6));
  CHECK(find(observed, "filled")->score.metrics.abs_rel == Approx(0.75));  // 1 at the observed scale 0.5
  CHECK(find(observed, "observed")->score.fits.at(0).scale == Approx(0.5));
  const auto own = depth.evaluate(options, FitPixels::own);
  CHECK(find(own, "filled")->score.metrics.abs_rel == Approx(0).margin(1e-6));
  const auto all = depth.evaluate(options, FitPixels::all);  // 12 of 21 pixels are filled: their median wins
  CHECK(find(all, "filled")->score.metrics.abs_rel == Approx(0).margin(1e-6));
  CHECK(find(all, "observed")->score.metrics.abs_rel == Approx(3));
}

TEST_CASE("fitted to all pixels, the score of all is the published one", "[report][property]") {
  Random random(GENERATE(1, 2));
  const DepthFit fit = GENERATE(DepthFit::median, DepthFit::lstsq, DepthFit::scale);
  const bool disparity = GENERATE(false, true);
  const FitSpan span = GENERATE(FitSpan::sequence, FitSpan::frame);
  GroupedDepth grouped;
  DepthSamples samples;
  for (int frame = 0; frame < 3; ++frame) {
    DepthFrame maps;
    maps.truth = DepthMap(16, 8);
    maps.prediction = DepthMap(16, 8);
    for (std::size_t k = 0; k < maps.truth.pixels(); ++k) {
      const double depth_m = random.uniform(1, 9);
      maps.truth.values()[k] = static_cast<float>(k % 7 == 0 ? 0 : depth_m);
      const double predicted = depth_m * random.uniform(0.25, 0.35) + 0.1;
      maps.prediction.values()[k] = static_cast<float>(disparity ? 1 / predicted : predicted);
    }
    grouped.add_frame(maps);
    samples.add_frame(maps.prediction, maps.truth);
  }
  DepthEvaluationOptions options;
  options.fit = fit;
  options.fit_span = span;
  options.disparity = disparity;
  options.max_depth = 8;
  const auto groups = grouped.evaluate(options, FitPixels::all);
  REQUIRE(groups.size() == 2);  // without confidence all is observed, nothing filled
  const DepthMetrics ours = groups[0].score.metrics, published = evaluate_depth(samples, options).metrics;
  CHECK(ours.abs_rel == Approx(published.abs_rel).epsilon(1e-6));
  CHECK(ours.rmse == Approx(published.rmse).epsilon(1e-6));
  CHECK(ours.log_rmse == Approx(published.log_rmse).epsilon(1e-6));
  CHECK(ours.delta1 == Approx(published.delta1));
  CHECK(ours.valid_pixels == published.valid_pixels);
}

TEST_CASE("a pixel without prediction is wrong in all and covered by nothing", "[report]") {
  DepthFrame frame;
  frame.truth = DepthMap(4, 1, 2.0F);
  frame.prediction = DepthMap(4, 1, 2.0F);
  frame.prediction(0, 0) = 0;
  frame.prediction(1, 0) = NAN;
  GroupedDepth depth;
  depth.add_frame(frame);
  const auto groups = depth.evaluate({}, FitPixels::observed);
  CHECK(find(groups, "all")->score.metrics.abs_rel == Approx(0.5));
  CHECK(find(groups, "all")->coverage == Approx(0.5));
  CHECK(find(groups, "observed")->score.metrics.abs_rel == Approx(0).margin(1e-6));
  CHECK(find(groups, "observed")->coverage == Approx(0.5));
  CHECK(find(groups, "filled") == nullptr);
}

TEST_CASE("confidence that ranks errors has a better half", "[report]") {
  DepthFrame frame;
  frame.truth = DepthMap(100, 1, 1.0F);
  frame.prediction = DepthMap(100, 1);
  frame.confidence = ConfidenceMap(100, 1);
  for (int x = 0; x < 100; ++x) {
    frame.prediction(x, 0) = 1 + 0.001F * static_cast<float>(x);
    frame.confidence(x, 0) = 100 - static_cast<float>(x);
  }
  GroupedDepth depth;
  depth.add_frame(frame);
  DepthEvaluationOptions options;
  options.fit = DepthFit::none;
  const DepthGroup all = depth.evaluate(options, FitPixels::all).front();
  CHECK(all.score.metrics.abs_rel == Approx(0.0495).epsilon(1e-3));
  CHECK(all.abs_rel_best_half == Approx(0.0245).epsilon(0.03));
}

TEST_CASE("masked pixels are not scored, and sizes must agree", "[report]") {
  DepthFrame frame = small_frame(2.2F, 3.0F);
  frame.scored = MaskMap(4, 2);
  frame.scored(1, 0) = 1;
  GroupedDepth depth;
  depth.add_frame(frame);
  CHECK(depth.evaluate({}, FitPixels::observed).front().score.metrics.valid_pixels == 1);
  frame.confidence = ConfidenceMap(3, 2);
  depth.add_frame(frame);
  CHECK_THROWS_AS(depth.evaluate({}, FitPixels::observed), Error);
}

TEST_CASE("scores do not depend on how many frames there was memory for", "[report][property]") {
  Random random(3);
  GroupedDepth depth;
  for (int k = 0; k < 9; ++k) {
    DepthFrame frame = small_frame(2.2F, 3.0F);
    for (float& value : frame.prediction.values()) value *= static_cast<float>(random.uniform(0.8, 1.2));
    for (float& value : frame.confidence.values()) value *= static_cast<float>(random.uniform(0.1, 1));
    depth.add_frame(frame);
  }
  const std::size_t frame_bytes = 7 * 13;
  DepthEvaluationOptions options;
  options.fit = GENERATE(DepthFit::ratio, DepthFit::median, DepthFit::lstsq, DepthFit::lad, DepthFit::none);
  options.fit_span = GENERATE(FitSpan::sequence, FitSpan::frame);
  const FitPixels fit_pixels = GENERATE(FitPixels::observed, FitPixels::own);
  depth.kept_bytes = 100 * frame_bytes;
  const auto all = depth_metrics(depth.evaluate(options, fit_pixels));
  CHECK(depth.reads == 9);  // every frame once
  for (const std::size_t frames : {0, 4}) {
    depth.kept_bytes = frames * frame_bytes;
    const auto some = depth_metrics(depth.evaluate(options, fit_pixels));
    REQUIRE(some.size() == all.size());
    for (std::size_t k = 0; k < all.size(); ++k) CHECK(some[k].value == all[k].value);
  }
}

TEST_CASE("metrics have stable names", "[report]") {
  GroupedDepth depth;
  depth.add_frame(small_frame(2.2F, 3.0F));
  const auto metrics = depth_metrics(depth.evaluate({}, FitPixels::observed));
  CHECK(metrics.front().name == "depth.all.abs_rel");
  CHECK(find_metric(metrics, "observed_static.coverage").value == Approx(1.0 / 3));
  CHECK(find_metric(metrics, "abs_rel", {"depth.observed_static"}).name == "depth.observed_static.abs_rel");
}

}  // namespace
}  // namespace vd
