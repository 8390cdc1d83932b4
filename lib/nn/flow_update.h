// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "nn/layers.h"

namespace vd::nn {

// What the iterations of RAFT-like flow networks share.

struct MotionEncoderOptions {
  std::int64_t correlation = 0;                  // channels of a look-up
  std::vector<std::int64_t> correlation_widths;  // of convc1 (1x1) and, where there are two, convc2 (3x3)
  std::vector<std::int64_t> flow_widths;         // of convf1 (7x7) and convf2 (3x3)
  std::int64_t out = 0;                          // of conv (3x3); two more channels carry the flow itself
};

/// Correlation [B, c, h, w] and flow [B, 2, h, w] -> motion features [B, out + 2, h, w].
class MotionEncoder {
 public:
  MotionEncoder() = default;
  MotionEncoder(const Parameters& at, const MotionEncoderOptions& options);
  [[nodiscard]] Tensor operator()(const Tensor& correlation, const Tensor& flow) const;

 private:
  std::vector<Conv2d> correlation_, flow_;
  Conv2d both_;
};

/// Two convolutions with a ReLU between them.
class TwoConvolutions {
 public:
  TwoConvolutions() = default;
  TwoConvolutions(Conv2d first, Conv2d second) : first_(std::move(first)), second_(std::move(second)) {}
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Conv2d first_, second_;
};

struct GruOptions {
  std::int64_t hidden = 0;
  std::int64_t context = 0;  // channels of the input that are the same in every iteration
  std::int64_t motion = 0;   // channels of the input that are not
  std::int64_t kernel_height = 3;
  std::int64_t kernel_width = 3;
  std::string suffix;  // of convz, convr and convq
};

/// A gated recurrent unit of convolutions. What the context contributes to its gates is computed once, not in
/// every iteration: a third of the work of RAFT's units.
class ConvGru {
 public:
  ConvGru(const Parameters& at, const GruOptions& options);

  /// The part of the gates that depends on the context alone.
  [[nodiscard]] Tensor prepare(const Tensor& context) const { return context_(context); }
  /// The next hidden state [B, hidden, h, w].
  [[nodiscard]] Tensor operator()(const Tensor& hidden, const Tensor& prepared, const Tensor& motion) const;

 private:
  std::int64_t hidden_ = 0;
  Conv2d gates_;      // z and r of hidden state and motion
  Conv2d candidate_;  // q of hidden state and motion
  Conv2d context_;    // z, r and q of the context, with the biases
};

}  // namespace vd::nn
