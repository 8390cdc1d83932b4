// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/tensor.h"

namespace vd::nn {

/// How a parameter starts in a network that is made rather than loaded.
enum class Init {
  zeros,
  ones,
  fan_in_uniform,  // uniform within +-1/sqrt(fan in): LibTorch's own start of linear layers and convolutions
  xavier_uniform,  // uniform within +-sqrt(6 / (fan in + fan out))
  small_normal     // normal with standard deviation 0.02
};

/// One parameter of a network by its public name.
struct ParameterSpec {
  std::string name;
  Shape shape;
  Init init = Init::fan_in_uniform;
  bool used = true;     // false: public files hold it, the network does not read it
  std::string alias{};  // a second public name of the same values; files hold either or both
};

/// Where the parameters of a network come from: a weight file, a random start, or nowhere (a list of what is
/// wanted). A network is built by asking its source for each parameter once, so loading, making and listing
/// are one piece of code.
class ParameterSource {
 public:
  virtual ~ParameterSource() = default;
  /// The parameter, of exactly this shape; for an unused one an undefined tensor may come back.
  virtual Tensor take(const ParameterSpec& spec) = 0;
  /// True when the source can give this name; decides between public variants of one architecture.
  [[nodiscard]] virtual bool contains(const std::string& name) const = 0;
};

/// A place in the tree of names: parameters / "attn" / "qkv" asks for "attn.qkv.weight". Cheap to copy.
class Parameters {
 public:
  explicit Parameters(ParameterSource& source, std::string prefix = {})
      : source_(&source), prefix_(std::move(prefix)) {}
  [[nodiscard]] Parameters operator/(const std::string& child) const {
    return Parameters(*source_, full(child));
  }
  [[nodiscard]] Parameters operator/(std::int64_t index) const { return *this / std::to_string(index); }

  [[nodiscard]] Tensor take(const std::string& name, Shape shape, Init init) const {
    return source_->take({full(name), std::move(shape), init});
  }
  /// The same values are also known as `alias`, a full name.
  [[nodiscard]] Tensor take_aliased(const std::string& name, const std::string& alias, Shape shape,
                                    Init init) const {
    return source_->take({full(name), std::move(shape), init, true, alias});
  }
  /// States that public files hold this parameter although nothing reads it.
  void skip(const std::string& name, Shape shape, Init init = Init::zeros) const {
    (void)source_->take({full(name), std::move(shape), init, false});
  }
  void skip_aliased(const std::string& name, const std::string& alias, Shape shape) const {
    (void)source_->take({full(name), std::move(shape), Init::zeros, false, alias});
  }
  [[nodiscard]] bool contains(const std::string& name) const { return source_->contains(full(name)); }
  [[nodiscard]] std::string full(const std::string& name) const {
    return prefix_.empty() ? name : prefix_ + "." + name;
  }

 private:
  ParameterSource* source_;
  std::string prefix_;
};

/// Takes note of what a network asks for and gives tensors without memory of their own: the list that
/// `vd-train init` and the comparison with a weight file start from.
class ParameterList : public ParameterSource {
 public:
  /// holds  tells which names a file at hand has, so that the list is that of its variant of the network
  explicit ParameterList(std::function<bool(const std::string&)> holds = {}) : holds_(std::move(holds)) {}
  Tensor take(const ParameterSpec& spec) override;
  [[nodiscard]] bool contains(const std::string& name) const override { return !holds_ || holds_(name); }
  [[nodiscard]] const std::vector<ParameterSpec>& specs() const { return specs_; }

 private:
  std::function<bool(const std::string&)> holds_;
  std::vector<ParameterSpec> specs_;
};

/// Random start values, the same for the same seed, whatever the order in which they are asked for.
class RandomParameters : public ParameterSource {
 public:
  explicit RandomParameters(std::uint64_t seed) : seed_(seed) {}
  Tensor take(const ParameterSpec& spec) override;
  [[nodiscard]] bool contains(const std::string&) const override { return true; }

 private:
  std::uint64_t seed_;
};

}  // namespace vd::nn
