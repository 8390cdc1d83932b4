// SPDX-License-Identifier: Apache-2.0
#include "metrics/depth.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "catch.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "metrics/rank_selection.h"
#include "metrics/streamed_fit.h"

namespace vd {
namespace {

DepthMap random_depth(Random& random, int width, int height, double low, double high) {
  DepthMap map(width, height);
  for (float& d : map.values()) d = static_cast<float>(random.uniform(low, high));
  return map;
}

DepthMap affine(const DepthMap& map, double scale, double shift) {
  DepthMap result = map;
  for (float& d : result.values()) d = static_cast<float>(scale * d + shift);
  return result;
}

DepthScore score(const DepthMap& prediction, const DepthMap& truth, const DepthEvaluationOptions& options) {
  DepthSamples samples;
  samples.add_frame(prediction, truth);
  return evaluate_depth(samples, options);
}

DepthEvaluationOptions with(DepthFit fit) {
  DepthEvaluationOptions options;
  options.fit = fit;
  return options;
}

}  // namespace

TEST_CASE("metrics of a prediction twice too far", "[metrics]") {
  DepthMap truth(4, 3, 2.0F);
  truth(0, 0) = 0;
  const DepthMetrics m = score(DepthMap(4, 3, 4.0F), truth, with(DepthFit::none)).metrics;
  CHECK(m.valid_pixels == 11);
  CHECK(m.abs_rel == Approx(1.0));
  CHECK(m.sq_rel == Approx(2.0));
  CHECK(m.rmse == Approx(2.0));
  CHECK(m.log_rmse == Approx(std::log(2.0)));
  CHECK(m.log10 == Approx(std::log10(2.0)));
  CHECK(m.irmse == Approx(0.25));
  CHECK(m.si_log == Approx(0.0).margin(1e-6));  // a difference of squares
  CHECK(m.delta1 == 0.0);
  CHECK(m.delta3 == 0.0);
}

TEST_CASE("fits undo the scale and the shift that they allow", "[metrics][property]") {
  Random random(static_cast<std::uint64_t>(GENERATE(Catch::Generators::range(0, 5))));
  const DepthMap truth = random_depth(random, 31, 17, 1, 20);
  for (const DepthFit fit :
       {DepthFit::median, DepthFit::scale, DepthFit::lstsq, DepthFit::lad, DepthFit::lad_published}) {
    CHECK(score(affine(truth, 0.37, 0), truth, with(fit)).metrics.abs_rel < 1e-5);
  }
  for (const DepthFit fit : {DepthFit::lstsq, DepthFit::lad}) {
    const DepthScore fitted = score(affine(truth, 0.37, 0.8), truth, with(fit));
    CHECK(fitted.metrics.abs_rel < 1e-5);
    CHECK(fitted.fits.at(0).scale == Approx(1 / 0.37).epsilon(1e-5));
    CHECK(fitted.fits.at(0).shift == Approx(-0.8 / 0.37).epsilon(1e-4));
  }
}

TEST_CASE("disparities are fitted as disparities", "[metrics]") {
  Random random(4);
  const DepthMap truth = random_depth(random, 20, 20, 1, 10);
  DepthMap disparity = truth;
  for (float& d : disparity.values()) d = 3.0F / d + 0.5F;
  DepthEvaluationOptions options = with(DepthFit::lstsq);
  options.disparity = true;
  CHECK(score(disparity, truth, options).metrics.abs_rel < 1e-5);
}

TEST_CASE("the exact L1 fit is at least as good as any line through two samples", "[metrics][property]") {
  Random random(static_cast<std::uint64_t>(GENERATE(Catch::Generators::range(0, 12))));
  std::vector<float> x, y;
  for (int k = 0; k < 40; ++k) {
    x.push_back(static_cast<float>(random.uniform(1, 9)));
    y.push_back(static_cast<float>(1.7 * x.back() - 0.4 + random.normal(0.3)));
    if (k % 5 == 0) y.back() += static_cast<float>(random.uniform(-20, 40));
  }
  double best = INFINITY;
  for (std::size_t a = 0; a < x.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double scale = (static_cast<double>(y[a]) - y[b]) / (static_cast<double>(x[a]) - x[b]);
      best = std::min(best, absolute_loss(x, y, {scale, y[a] - scale * x[a]}));
    }
  }
  CHECK(absolute_loss(x, y, least_absolute(x, y)) <= best * (1 + 1e-9));
}

TEST_CASE("one outlier of the truth moves least squares and not the L1 fit", "[metrics]") {
  DepthMap prediction(10, 10);
  for (int k = 0; k < 100; ++k) prediction.values()[k] = static_cast<float>(1 + k * 0.1);
  DepthMap truth = prediction;
  truth(5, 9) = 1000;
  CHECK(score(prediction, truth, with(DepthFit::lad)).fits.at(0).scale == Approx(1.0).epsilon(1e-6));
  CHECK(score(prediction, truth, with(DepthFit::lstsq)).fits.at(0).scale > 2);
}

TEST_CASE("the mask limits the score and not the fit, unless asked", "[metrics]") {
  DepthMap truth(4, 1, 2.0F);
  DepthMap prediction(4, 1, 1.0F);
  prediction(3, 0) = 2.0F;
  MaskMap mask(4, 1);
  mask(3, 0) = 255;
  DepthSamples samples;
  samples.add_frame(prediction, truth, mask);
  DepthEvaluationOptions options;
  CHECK(evaluate_depth(samples, options).metrics.abs_rel == Approx(1.0));  // scale 2 from the three others
  CHECK(evaluate_depth(samples, options).metrics.valid_pixels == 1);
  options.fit_scored_only = true;
  CHECK(evaluate_depth(samples, options).metrics.abs_rel == Approx(0.0));
}

TEST_CASE("unknown predictions are all wrong and do not touch the fit", "[metrics]") {
  DepthMap truth(10, 1, 3.0F);
  DepthMap prediction(10, 1, 1.0F);
  for (int x = 0; x < 4; ++x) prediction(x, 0) = x % 2 == 0 ? 0.0F : NAN;
  const DepthScore result = score(prediction, truth, with(DepthFit::median));
  CHECK(result.fits.at(0).scale == Approx(3.0));
  CHECK(result.metrics.abs_rel == Approx(0.4));
  CHECK(result.metrics.delta1 == Approx(0.6));
}

TEST_CASE("pooling weighs pixels or frames", "[metrics]") {
  DepthSamples samples;
  samples.add_frame(DepthMap(10, 1, 1.5F), DepthMap(10, 1, 1.0F));
  samples.add_frame(DepthMap(1, 1, 1.0F), DepthMap(1, 1, 1.0F));
  samples.add_frame(DepthMap(5, 1, 1.0F), DepthMap(5, 1, 0.0F));  // nothing known
  DepthEvaluationOptions options = with(DepthFit::none);
  CHECK(evaluate_depth(samples, options).metrics.abs_rel == Approx(0.5 * 10 / 11));
  options.pooling = DepthPooling::frame_mean;
  CHECK(evaluate_depth(samples, options).metrics.abs_rel == Approx(0.25));
}

TEST_CASE("a fit for each frame forgives a scale that drifts", "[metrics]") {
  Random random(3);
  DepthSamples samples;
  for (const double scale : {0.5, 1.0, 2.5}) {
    const DepthMap truth = random_depth(random, 12, 9, 1, 5);
    samples.add_frame(affine(truth, scale, 0), truth);
  }
  DepthEvaluationOptions options;
  CHECK(evaluate_depth(samples, options).metrics.abs_rel > 0.2);
  options.fit_span = FitSpan::frame;
  const DepthScore each = evaluate_depth(samples, options);
  CHECK(each.metrics.abs_rel < 1e-6);
  CHECK(each.fits.size() == 3);
}

TEST_CASE("scores do not depend on the number of threads", "[metrics][property]") {
  Random random(8);
  DepthSamples samples;
  for (int k = 0; k < 6; ++k) {
    samples.add_frame(random_depth(random, 200, 150, 1, 9), random_depth(random, 200, 150, 1, 9));
  }
  const DepthFit fit = GENERATE(DepthFit::median, DepthFit::lstsq, DepthFit::lad);
  set_thread_count(1);
  const DepthScore one = evaluate_depth(samples, with(fit));
  set_thread_count(3);
  const DepthScore three = evaluate_depth(samples, with(fit));
  set_thread_count(0);
  CHECK(one.metrics.abs_rel == three.metrics.abs_rel);
  CHECK(one.fits.at(0).scale == three.fits.at(0).scale);
}

TEST_CASE("nothing known and sizes that differ", "[metrics]") {
  const DepthScore empty = score(DepthMap(3, 3, 1.0F), DepthMap(3, 3, 0.0F), with(DepthFit::lstsq));
  CHECK(empty.metrics.valid_pixels == 0);
  CHECK(empty.metrics.abs_rel == 0);
  DepthSamples samples;
  CHECK_THROWS_AS(samples.add_frame(DepthMap(3, 3), DepthMap(3, 4)), Error);
}

TEST_CASE("the median of ratios is the scale even where depth has a gap at its median", "[metrics]") {
  // Half the pixels near, half far; one wrong pixel moves the ratio of medians across the gap, not the median
  // of ratios.
  DepthMap truth(101, 1);
  DepthMap prediction(101, 1);
  for (int x = 0; x < 101; ++x) {
    truth(x, 0) = x < 51 ? 2.0F : 20.0F;
    prediction(x, 0) = truth(x, 0) / 4;
  }
  prediction(50, 0) = 5.0F;
  CHECK(score(prediction, truth, with(DepthFit::ratio)).fits.at(0).scale == Approx(4.0));
  CHECK(score(prediction, truth, with(DepthFit::median)).fits.at(0).scale == Approx(0.4));
}

TEST_CASE("a rank is selected exactly from two rounds", "[metrics]") {
  Random random(GENERATE(1, 2, 3));
  std::vector<float> values;
  for (int k = 0; k < 1001; ++k) {
    const double size = std::exp(random.uniform(-20, 20));
    values.push_back(static_cast<float>(k % 3 == 0 ? -size : k % 50 == 0 ? 0 : size));
    if (k % 5 == 0) values.push_back(values.back());  // ties
  }
  std::vector<float> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  for (const std::size_t rank : {std::size_t{0}, std::size_t{1}, std::size_t{600}, values.size() - 1}) {
    RankSelection first, selection;
    for (std::size_t k = 0; k < values.size(); ++k) (k < 300 ? first : selection).count(values[k]);
    selection.add(first);
    REQUIRE(selection.size() == values.size());
    selection.choose(rank);
    for (const float value : values) selection.refine(value);
    CHECK(selection.value() == sorted[rank]);
  }
  RankSelection empty;
  CHECK(empty.value() == 0);
}

TEST_CASE("a fit in rounds is the fit of the whole, to the last bit", "[metrics][property]") {
  Random random(GENERATE(1, 2));
  DepthEvaluationOptions options;
  options.fit = GENERATE(DepthFit::none, DepthFit::ratio, DepthFit::median, DepthFit::scale, DepthFit::lstsq,
                         DepthFit::lad, DepthFit::lad_published);
  options.disparity = GENERATE(false, true);
  options.max_depth = 8;
  DepthSamples samples;
  for (const int width : {200, 1, 700}) {  // more samples than one chunk of the sums
    DepthMap truth(width, 90), prediction(width, 90);
    for (std::size_t k = 0; k < truth.pixels(); ++k) {
      truth.values()[k] = static_cast<float>(random.uniform(0.5, 9));
      prediction.values()[k] =
          k % 11 == 0 ? NAN : static_cast<float>(random.uniform(0.2, 0.3) * truth.values()[k] + 0.05);
    }
    samples.add_frame(prediction, truth);
  }
  const ScaleShift whole = fit_depth(samples, 0, samples.size(), options);
  const ScaleShift in_rounds = fit_in_rounds(
      [&](const std::function<void(const FitInput&)>& use) {
        for (std::size_t k = 0; k < samples.frames(); ++k)
          use(fit_input(samples, samples.frame_begin(k), samples.frame_begin(k + 1), options));
      },
      options);
  CHECK(in_rounds.scale == whole.scale);
  CHECK(in_rounds.shift == whole.shift);
}

}  // namespace vd
