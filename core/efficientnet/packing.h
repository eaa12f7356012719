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
#include "nn/quantized_panels.h"

namespace effcam::efficientnet {

// y = scale·x + shift, a batch norm as it is applied: scale = weight/√(variance + ε), shift = bias − mean·scale.
struct FoldedNorm {
  std::vector<float> scale, shift;
};

// What a convolution's forward passes are for.
struct ForwardUse {
  bool gated = false;         // they will multiply the input's channels by gates
  bool for_backward = false;  // a backward pass will cross it: in f32
};

// A dense convolution in the forms that its passes need.
class PackedConvolution {
 public:
  struct Forms {
    std::unique_ptr<nn::Convolution> forward;        // null: only quantised
    std::unique_ptr<nn::QuantizedPanels> quantized;  // of a 1×1 convolution; null: never quantised
    std::unique_ptr<nn::Convolution> backward;       // null: no backward pass
  };
  PackedConvolution(Forms forms, int in, int out, const nn::Window& window, bool same)
      : forms_(std::move(forms)), in_(in), out_(out), window_(window), same_(same) {}

  [[nodiscard]] Result<Value> plan_forward(Plan& plan, const Value& input, ForwardUse use = {});
  // `gates` go to the weights or, where that is dearer, to the input in place.
  Status forward(const Run& run, const nn::Following& following = {}, const float* gates = nullptr);

  // From the gradient at the output (targets images) to that at the input of the planned forward pass.
  [[nodiscard]] Result<Value> plan_backward(Plan& plan, const Value& gradient);
  [[nodiscard]] Status backward(const Run& run);

  [[nodiscard]] int out() const { return out_; }
  // What forward passes without a backward pass multiply by: one of the two, the other null.
  [[nodiscard]] const nn::xnnpack::PackedMatrix* matrix() const {
    return forms_.quantized ? nullptr : &forms_.forward->matrix();
  }
  [[nodiscard]] const nn::QuantizedPanels* quantized() const { return forms_.quantized.get(); }
  // Of a planned forward pass.
  [[nodiscard]] double multiply_adds() const {
    return 1.0 * output_.shape.values() * in_ * window_.kernel * window_.kernel;
  }
  [[nodiscard]] std::size_t weight_bytes() const;

 private:
  void forward_quantized(const Run& run, const float* residual, const float* gates);

  // The backward form is the 1×1 convolution by the transposed weights: to the input's channels, or for k×k to columns
  // of k·k·in values that are then added up.
  Forms forms_;
  int in_, out_;
  nn::Window window_;
  bool same_;
  bool quantizes_ = false;  // in the planned pass
  nn::BufferId quantized_rows_ = -1;
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
