// SPDX-License-Identifier: Apache-2.0
#include "flow/dense_flow.h"

#include <algorithm>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/error.h"
#include "image/opencv.h"

namespace vd {
namespace {

FlowMap dense_inverse_search(const GreyImage& from, const GreyImage& to, FlowPreset preset) {
  const int base = preset == FlowPreset::ultrafast ? cv::DISOpticalFlow::PRESET_ULTRAFAST
                   : preset == FlowPreset::fast    ? cv::DISOpticalFlow::PRESET_FAST
                                                   : cv::DISOpticalFlow::PRESET_MEDIUM;
  const auto dis = cv::DISOpticalFlow::create(base);
  if (preset == FlowPreset::best) {
    dis->setFinestScale(0);
    dis->setPatchStride(4);
  }
  cv::Mat flow;  // empty: a matrix with content would be taken as the initial flow
  dis->calc(as_mat(from), as_mat(to), flow);
  return from_mat<float, 2>(flow);
}

FlowMap farneback(const GreyImage& from, const GreyImage& to, FlowPreset preset) {
  const bool careful = preset == FlowPreset::medium || preset == FlowPreset::best;
  const int levels = preset == FlowPreset::ultrafast ? 3 : 5;
  const int iterations = preset == FlowPreset::best ? 10 : careful ? 5 : 3;
  const int window_px = careful ? 21 : 15;
  const int neighbourhood_px = careful ? 7 : 5;
  cv::Mat flow;
  cv::calcOpticalFlowFarneback(as_mat(from), as_mat(to), flow, 0.5, levels, window_px, iterations,
                               neighbourhood_px, careful ? 1.5 : 1.1, 0);
  return from_mat<float, 2>(flow);
}

/// Repeats the last row and column until both sides have at least `side` pixels.
GreyImage padded(const GreyImage& image, int side) {
  cv::Mat larger;
  cv::copyMakeBorder(as_mat(image), larger, 0, std::max(0, side - image.height()), 0,
                     std::max(0, side - image.width()), cv::BORDER_REPLICATE);
  return from_mat<std::uint8_t>(larger);
}

}  // namespace

const std::vector<FlowMethod>& flow_methods() {
  static const std::vector<FlowMethod> methods = {
      {"dis", "dense inverse search (Kroeger et al. 2016)", dense_inverse_search},
      {"farneback", "polynomial expansion (Farneback 2003)", farneback},
  };
  return methods;
}

void describe(FlowOptions& options, OptionTable& table) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const FlowMethod& method : flow_methods()) names.emplace_back(method.name, method.name);
  table.choice("--method", options.method, names, "how flow is computed");
  table.choice("--preset", options.preset,
               {{"ultrafast", FlowPreset::ultrafast},
                {"fast", FlowPreset::fast},
                {"medium", FlowPreset::medium},
                {"best", FlowPreset::best}},
               "time against accuracy");
}

FlowMap dense_flow(const GreyImage& from, const GreyImage& to, const FlowOptions& options) {
  if (from.empty() || !from.same_size(to)) throw Error("dense flow", "needs two images of the same size");
  const auto& methods = flow_methods();
  const auto method = std::find_if(methods.begin(), methods.end(),
                                   [&](const FlowMethod& m) { return m.name == options.method; });
  if (method == methods.end()) throw MisuseError("dense flow", "unknown method " + options.method);

  // The pyramids of both methods need some pixels to stand on.
  constexpr int smallest_side_px = 16;
  if (from.width() >= smallest_side_px && from.height() >= smallest_side_px)
    return method->compute(from, to, options.preset);
  const FlowMap larger =
      method->compute(padded(from, smallest_side_px), padded(to, smallest_side_px), options.preset);
  FlowMap flow(from.width(), from.height());
  for (int y = 0; y < flow.height(); ++y) std::copy_n(larger.row(y), flow.width() * 2, flow.row(y));
  return flow;
}

}  // namespace vd
