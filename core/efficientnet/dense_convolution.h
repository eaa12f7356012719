// A dense convolution of the network in the forms that its passes need, planned and run.
#pragma once

#include <memory>

#include "efficientnet/pads.h"
#include "efficientnet/plan.h"
#include "efficientnet/profile.h"
#include "nn/convolution.h"
#include "nn/convolution_gradient.h"
#include "nn/quantized_panels.h"

namespace effcam::efficientnet {

// What a convolution's forward passes are for.
struct ForwardUse {
  bool gated = false;         // they will multiply the input's channels by gates
  bool for_backward = false;  // a backward pass will cross it: in f32
};

class DenseConvolution {
 public:
  struct Forms {
    std::unique_ptr<nn::Convolution> forward;          // null: only quantised
    std::unique_ptr<nn::QuantizedPanels> quantized;    // of a 1×1 convolution; null: never quantised
    std::unique_ptr<nn::ConvolutionGradient> backward; // null: no backward pass
  };
  struct Sizes {
    int in = 0, out = 0, kernel = 1, stride = 1;
  };
  DenseConvolution(Forms forms, const Sizes& sizes, const PadsRule& pads)
      : forms_(std::move(forms)), sizes_(sizes), pads_(pads) {}

  [[nodiscard]] Result<Value> plan_forward(Plan& plan, const Value& input, ForwardUse use = {});
  // `gates` go to the weights or, where that is dearer, to the input in place.
  void forward(const Run& run, const nn::Following& following = {}, const float* gates = nullptr);

  // From the gradient at the output (targets images) to that at the input of the planned forward pass.
  [[nodiscard]] Result<Value> plan_backward(Plan& plan, const Value& gradient);
  void backward(const Run& run);

  [[nodiscard]] int out() const { return sizes_.out; }
  // What forward passes without a backward pass multiply by: one of the two, the other null.
  [[nodiscard]] const nn::xnnpack::PackedWeights* weights() const {
    return forms_.quantized ? nullptr : &forms_.forward->weights();
  }
  [[nodiscard]] const nn::QuantizedPanels* quantized() const { return forms_.quantized.get(); }
  // Of a planned forward pass.
  [[nodiscard]] Work work() const {
    return {1.0 * output_.shape.values() * sizes_.in * sizes_.kernel * sizes_.kernel,
            quantizes_ ? 0 : forms_.forward->xnnpack_multiply_adds()};
  }
  [[nodiscard]] std::size_t weight_bytes() const;

 private:
  void forward_quantized(const Run& run, const float* residual, const float* gates);

  Forms forms_;
  Sizes sizes_;
  PadsRule pads_;
  bool quantizes_ = false;  // in the planned pass
  nn::BufferId quantized_rows_ = -1;
  Value input_, output_, gradient_, in_gradient_;
};

}  // namespace effcam::efficientnet
