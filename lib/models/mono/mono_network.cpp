// SPDX-License-Identifier: Apache-2.0
#include "models/mono/mono_network.h"

#include "core/error.h"
#include "models/depth_anything_v2/module.h"
#include "models/depth_anything_v2/pre.h"
#include "models/depth_pro/module.h"
#include "models/depth_pro/pre.h"
#include "models/midas/module.h"
#include "models/midas/pre.h"
#include "nn/file_parameters.h"

namespace vd::nn {
namespace {

template <typename Network, typename Config>
Network load(const WeightFile& weights, const std::string& name, const Config& config,
             const MonoNetworkSettings& settings) {
  return load_network(
      weights, name, LoadingRules{},
      [&](const Parameters& parameters) { return Network(parameters, config); }, settings.device,
      settings.type);
}

/// Where the network computes, and back.
Tensor there(const Tensor& input, const MonoNetworkSettings& settings) {
  return input.to(settings.device, settings.type);
}
Tensor back(const Tensor& prediction) { return prediction.to(at::kCPU, at::kFloat); }

class DepthAnythingV2Mono : public MonoNetwork {
 public:
  DepthAnythingV2Mono(const WeightFile& weights, const MonoNetworkSettings& settings)
      : settings_(settings),
        network_(load<DepthAnythingV2>(
            weights, name(), depth_anything_v2_config_of(weights, settings.max_depth_m), settings)) {}
  [[nodiscard]] std::string name() const override { return "depth-anything-v2"; }
  [[nodiscard]] MonoQuantity quantity() const override {
    return settings_.max_depth_m ? MonoQuantity::metric_depth : MonoQuantity::relative_inverse_depth;
  }
  [[nodiscard]] MonoEstimate estimate(MapView<const std::uint8_t, 3> rgb,
                                      std::optional<double>) const override {
    const Tensor input = depth_anything_v2_input(rgb, settings_.input_size_px.value_or(518));
    const Tensor prediction = back(network_(there(input, settings_)));
    return {depth_anything_v2_output(prediction, {rgb.width(), rgb.height()}), {}};
  }

 private:
  MonoNetworkSettings settings_;
  DepthAnythingV2 network_;
};

class DepthProMono : public MonoNetwork {
 public:
  DepthProMono(const WeightFile& weights, const MonoNetworkSettings& settings)
      : settings_(settings),
        network_(load<DepthPro>(weights, name(), depth_pro_config_of(weights), settings)) {}
  [[nodiscard]] std::string name() const override { return "depth-pro"; }
  [[nodiscard]] MonoQuantity quantity() const override { return MonoQuantity::metric_depth; }
  [[nodiscard]] MonoEstimate estimate(MapView<const std::uint8_t, 3> rgb,
                                      std::optional<double> given_focal_px) const override {
    const Tensor input = depth_pro_input(rgb, network_.config().image_px());
    const DepthProPrediction prediction = network_(there(input, settings_));
    MetricDepth depth = depth_pro_output(back(prediction.canonical_inverse_depth),
                                         back(prediction.field_of_view_deg).item<double>(),
                                         {rgb.width(), rgb.height()}, given_focal_px);
    return {std::move(depth.depth_m), depth.focal_px};
  }

 private:
  MonoNetworkSettings settings_;
  DepthPro network_;
};

template <typename Network>
class MidasMono : public MonoNetwork {
 public:
  template <typename Config>
  MidasMono(std::string name, const WeightFile& weights, const Config& config,
            const MonoNetworkSettings& settings, MidasInput input)
      : name_(std::move(name)),
        settings_(settings),
        input_(input),
        network_(load<Network>(weights, name_, config, settings)) {
    if (settings.input_size_px) input_.size.target_px = *settings.input_size_px;
  }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] MonoQuantity quantity() const override { return MonoQuantity::relative_inverse_depth; }
  [[nodiscard]] MonoEstimate estimate(MapView<const std::uint8_t, 3> rgb,
                                      std::optional<double>) const override {
    const Tensor prediction = back(network_(there(midas_input(rgb, input_), settings_)));
    return {midas_output(prediction, {rgb.width(), rgb.height()}), {}};
  }

 private:
  std::string name_;
  MonoNetworkSettings settings_;
  MidasInput input_;
  Network network_;
};

}  // namespace

std::unique_ptr<MonoNetwork> open_mono_network(const WeightFile& weights,
                                               const MonoNetworkSettings& settings) {
  const auto has = [&](const char* name) { return weights.find(name) != nullptr; };
  if (has("depth_head.projects.0.weight")) return std::make_unique<DepthAnythingV2Mono>(weights, settings);
  if (settings.max_depth_m)
    throw Error(weights.where, "is no Depth Anything V2: a greatest depth means nothing to it");
  if (has("fov.encoder.0.cls_token")) return std::make_unique<DepthProMono>(weights, settings);
  if (has("pretrained.model.cls_token")) {
    const DptConfig config = dpt_config_of(weights);
    return std::make_unique<MidasMono<Dpt>>(config.is_hybrid() ? "dpt-hybrid" : "dpt-large", weights, config,
                                            settings, midas_input_of("dpt_large"));
  }
  if (has("pretrained.layer1.4.0.conv_dw.weight"))
    return std::make_unique<MidasMono<MidasV21Small>>("midas-v21-small", weights,
                                                      midas_v21_small_config_of(weights), settings,
                                                      midas_input_of("midas_v21_small"));
  if (has("pretrained.layer1.4.0.conv3.weight"))
    return std::make_unique<MidasMono<MidasV21>>("midas-v21", weights, midas_v21_config_of(weights), settings,
                                                 midas_input_of("midas_v21"));
  throw Error(weights.where, "is of no mono network that vd knows");
}

}  // namespace vd::nn
