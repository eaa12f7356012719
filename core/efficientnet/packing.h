// From a checkpoint's parameters to packed operators, batch norms folded.
#pragma once

#include <memory>
#include <string_view>

#include "architecture/parameters.h"
#include "efficientnet/network.h"
#include "efficientnet/plan.h"
#include "nn/convolution.h"
#include "nn/depthwise.h"
#include "nn/linear.h"

namespace effcam::efficientnet {

// y = scale·x + shift, a batch norm as it is applied: scale = weight/√(variance + ε), shift = bias − mean·scale.
struct FoldedNorm {
  std::vector<float> scale, shift;
};

// A dense convolution with its backward form.
class PackedConvolution {
 public:
  // `backward` may be null.
  PackedConvolution(nn::Convolution forward, std::unique_ptr<nn::Convolution> backward, const nn::Window& window,
                    bool same)
      : forward_(std::move(forward)), backward_(std::move(backward)), window_(window), same_(same) {}

  // `gated`: the passes will multiply the input's channels by gates.
  [[nodiscard]] Result<Value> plan_forward(Plan& plan, const Value& input, bool gated = false);
  // `gates` go to the weights or, where that is dearer, to the input in place; `fused` has none.
  Status forward(const Run& run, nn::Fused fused = {}, const float* gates = nullptr);

  // From the gradient at the output (targets images) to that at the input of the planned forward pass.
  [[nodiscard]] Result<Value> plan_backward(Plan& plan, const Value& gradient);
  [[nodiscard]] Status backward(const Run& run);

  [[nodiscard]] const nn::Panels& panels() const { return forward_.panels(); }
  // Of a planned forward pass.
  [[nodiscard]] double multiply_adds() const { return 1.0 * output_.shape.values() * panels().depth(); }
  [[nodiscard]] std::size_t weight_bytes() const;

 private:
  nn::Convolution forward_;
  // The 1×1 convolution by the transposed weights: to the input's channels, or for k×k to columns of k·k·in values that
  // are then added up.
  std::unique_ptr<nn::Convolution> backward_;
  nn::Window window_;
  bool same_;
  nn::BufferId gated_weights_ = -1;
  Value input_, output_, gradient_, columns_, in_gradient_;
};

// A depthwise convolution and where its pads come from.
struct PackedDepthwise {
  nn::Depthwise depthwise;
  architecture::Padding padding;
  int native = 0;  // side of its input at the variant's native size
};

class Packer {
 public:
  Packer(const Config& config, const architecture::ParameterSource& parameters)
      : config_(&config), parameters_(&parameters) {}

  [[nodiscard]] const Config& config() const { return *config_; }

  // `name` without ".conv" and ".bn". `native`: side of the input at the variant's native size.
  [[nodiscard]] Result<PackedConvolution> convolution(std::string_view name, int in, int out, int kernel, int stride,
                                                      int native, bool with_norm = true) const;
  [[nodiscard]] Result<PackedDepthwise> depthwise(std::string_view name, int channels, int kernel, int stride,
                                                  int native) const;
  [[nodiscard]] Result<nn::Linear> linear(std::string_view name, int in, int out) const;
  [[nodiscard]] Result<FoldedNorm> norm(std::string_view name) const;

 private:
  const Config* config_;
  const architecture::ParameterSource* parameters_;
};

// The pads of a convolution on an input of `size` pixels, before and after, by the family's rule.
struct PadPair {
  int before = 0, after = 0;
};
[[nodiscard]] PadPair pads_of(architecture::Padding padding, int size, int native, int kernel, int stride);
[[nodiscard]] nn::Pads pads_of(architecture::Padding padding, const nn::Shape& input, int native, int kernel,
                               int stride);

}  // namespace effcam::efficientnet
