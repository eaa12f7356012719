// XNNPACK's depthwise convolution of one image, height × width × channels → height' × width' × channels.
#pragma once

#include <span>

#include "nn/shape.h"
#include "nn/xnnpack/weights.h"

namespace effcam::nn::xnnpack {

class DepthwiseConvolution2d {
 public:
  // `input`: one image. weights: kernel·kernel × channels; bias: one a channel, or empty for none. It packs both itself: they
  // may be freed afterwards. Errors: XNNPACK cannot run here; not enough memory.
  [[nodiscard]] static Result<DepthwiseConvolution2d> create(std::span<const float> weights, std::span<const float> bias,
                                                             const Window& window, const Shape& input);
  void run(const float* in, float* out) const;  // on this thread
  [[nodiscard]] double multiply_adds() const { return multiply_adds_; }  // of a run

 private:
  DepthwiseConvolution2d(Operator made, double multiply_adds) : operator_(std::move(made)), multiply_adds_(multiply_adds) {}
  Operator operator_;
  double multiply_adds_;
};

}  // namespace effcam::nn::xnnpack
