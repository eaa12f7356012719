// XNNPACK's convolution of one image, height × width × in → height' × width' × out, and its transposed one.
#pragma once

#include <vector>

#include "nn/shape.h"
#include "nn/xnnpack/weights.h"

namespace effcam::nn::xnnpack {

class Convolution2d {
 public:
  // `input`: one image of all its channels. `out_stride`: floats from output pixel to output pixel. `packed` as in
  // FullyConnected::create. Errors: not enough memory.
  [[nodiscard]] static Result<Convolution2d> create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                                    const Window& window, const Shape& input, std::size_t out_stride);
  // On this thread. `out`: where the first of the outputs goes.
  void run(const float* in, float* out) const;
  [[nodiscard]] double multiply_adds() const { return multiply_adds_; }  // of a run

 private:
  Convolution2d(Operator made, double multiply_adds) : operator_(std::move(made)), multiply_adds_(multiply_adds) {}
  Operator operator_;
  double multiply_adds_;
};

// The transposed convolution: what the gradient of a convolution by its input is. It packs its weights itself.
class Deconvolution2d {
 public:
  // From `gradient` (one image, the convolution's output) to `input` (the shape of its input): out[r] = Σ of the gradients
  // whose window saw r. window: the convolution's; weights: in × kernel × kernel × out (the convolution's, OHWI of the
  // transposed one); they may be freed afterwards. Errors: not enough memory.
  [[nodiscard]] static Result<Deconvolution2d> create(std::span<const float> weights, const Window& window,
                                                      const Shape& gradient, const Shape& input);
  void run(const float* gradient, float* in_gradient) const;  // on this thread

 private:
  explicit Deconvolution2d(Operator made) : operator_(std::move(made)) {}
  Operator operator_;
};

}  // namespace effcam::nn::xnnpack
