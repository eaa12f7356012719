// The steps of the plain twin: each reads a whole tensor and writes another, by XNNPACK's operators.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "efficientnet/packer.h"
#include "efficientnet/plan.h"
#include "efficientnet/profile.h"
#include "nn/linear.h"
#include "nn/whole_tensor.h"

namespace effcam::efficientnet {

// y = f(x), and dx from dy: the gradients of a target at y and at x, an image each.
class Step {
 public:
  // `name`: in a profile.
  explicit Step(const char* name) : name_(name) {}
  virtual ~Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  [[nodiscard]] virtual Result<Value> plan_forward(Plan& plan, const Value& x) = 0;  // y
  virtual void forward(const Run& run) = 0;
  [[nodiscard]] virtual Result<Value> plan_backward(Plan& plan, const Value& dy) = 0;  // dx
  virtual void backward(const Run& run) = 0;  // dy stays as it is
  [[nodiscard]] virtual Work work() const { return {}; }  // of the planned forward pass
  [[nodiscard]] virtual std::size_t weight_bytes() const { return 0; }

 protected:
  const char* name_;
  Value x_, y_, dy_, dx_;
};

// A dense convolution with its batch norm folded in.
class ConvolutionStep final : public Step {
 public:
  ConvolutionStep(const char* name, DenseConvolution convolution) : Step(name), convolution_(std::move(convolution)) {}
  Result<Value> plan_forward(Plan& plan, const Value& x) override;
  void forward(const Run& run) override;
  Result<Value> plan_backward(Plan& plan, const Value& dy) override;
  void backward(const Run& run) override;
  Work work() const override { return convolution_.work(); }
  std::size_t weight_bytes() const override { return convolution_.weight_bytes(); }

 private:
  DenseConvolution convolution_;
};

// y = x·σ(x)
class SwishStep final : public Step {
 public:
  using Step::Step;
  Result<Value> plan_forward(Plan& plan, const Value& x) override;
  void forward(const Run& run) override;
  Result<Value> plan_backward(Plan& plan, const Value& dy) override;
  void backward(const Run& run) override;

 private:
  nn::WholeSigmoid sigmoid_;
  nn::WholeBinary times_;
};

// A depthwise convolution with its batch norm folded in.
class DepthwiseStep final : public Step {
 public:
  DepthwiseStep(const char* name, PackedDepthwise packed) : Step(name), packed_(std::move(packed)) {}
  Result<Value> plan_forward(Plan& plan, const Value& x) override;
  void forward(const Run& run) override;
  Result<Value> plan_backward(Plan& plan, const Value& dy) override;
  void backward(const Run& run) override;
  Work work() const override {
    return {1.0 * y_.shape.values() * window_.kernel * window_.kernel, forward_.xnnpack_multiply_adds()};
  }
  std::size_t weight_bytes() const override { return packed_.depthwise.weight_bytes(); }

 private:
  void spread(const float* dy, float* out) const;

  PackedDepthwise packed_;
  nn::Window window_;
  nn::WholeDepthwise forward_, backward_;
  nn::Shape spread_shape_;       // dy with zeros between its pixels, where the stride is more than 1
  nn::BufferId spread_ = -1;
};

// y = x·g with a gate for each channel, g = σ(W₂·swish(W₁·mean(x) + b₁) + b₂).
class SqueezeExciteStep final : public Step {
 public:
  SqueezeExciteStep(nn::Linear reduce, nn::Linear excite)
      : Step("squeeze+excite"), reduce_(std::move(reduce)), excite_(std::move(excite)) {}
  Result<Value> plan_forward(Plan& plan, const Value& x) override;
  void forward(const Run& run) override;
  Result<Value> plan_backward(Plan& plan, const Value& dy) override;
  void backward(const Run& run) override;
  Work work() const override {
    return {2.0 * means_.size() * reduce_.out(), reduce_.xnnpack_multiply_adds() + excite_.xnnpack_multiply_adds()};
  }
  std::size_t weight_bytes() const override { return reduce_.weight_bytes() + excite_.weight_bytes(); }

 private:
  void make_gates(const Run& run);
  void means_gradient(std::span<float> gates_gradient, std::span<float> means_gradient, nn::SwishRule rule) const;

  nn::Linear reduce_, excite_;
  std::optional<nn::xnnpack::GlobalMean> mean_, gradients_mean_;
  std::optional<nn::xnnpack::Sigmoid> hidden_sigmoid_, gates_sigmoid_;
  std::optional<nn::xnnpack::BinaryElementwise> hidden_times_;
  nn::WholeBinary gate_, gradient_times_x_, gradient_gate_, add_means_gradient_;
  std::vector<float> means_, hidden_pre_, hidden_, gates_;  // images × channels, or × the hidden ones
  std::vector<float> gates_gradient_, means_gradient_;      // targets × channels
};

// The head's batch norm, swish and mean over the positions.
class HeadSteps {
 public:
  [[nodiscard]] Status plan(Plan& plan, const Value& raw, const Value& features);
  // `means`: images × channels.
  void forward(const Run& run, const FoldedNorm& norm, std::span<float> means) const;
  // From the features alone.
  [[nodiscard]] Status plan_mean(const Value& features);
  void mean(const Run& run, std::span<float> means) const;

 private:
  Value raw_, normed_, features_;
  nn::WholeBinary scale_, shift_, times_;
  nn::WholeSigmoid sigmoid_;
  std::optional<nn::xnnpack::GlobalMean> mean_;
};

}  // namespace effcam::efficientnet
