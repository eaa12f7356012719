// The gradient of a dense convolution by its input, on XNNPACK's operators. Of stride 1 it is a convolution by the turned
// weights, whose packed copy all threads share; of a larger stride a deconvolution.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "nn/convolution.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

class ConvolutionGradient {
 public:
  // Of the convolution with these `weights` (out × in × kernel × kernel), which may be freed afterwards. Errors: as
  // Convolution::create.
  [[nodiscard]] static Result<ConvolutionGradient> create(int in, int out, int kernel, int stride,
                                                          std::span<const float> weights);
  // From `gradient` at the convolution's output to that at its input of `input`'s height and width; `pads` are the
  // convolution's. Errors: not enough memory.
  [[nodiscard]] Status plan(const Shape& gradient, const Shape& input, const Pads& pads, int threads);
  // Both hold the shapes of the plan; they must not overlap.
  void run(const float* gradient, float* in_gradient, ThreadPool& pool);

  [[nodiscard]] std::size_t weight_bytes() const {
    return turned_ ? turned_->weight_bytes() : weights_.size() * sizeof(float);
  }

 private:
  // Some rows of the input's gradient, from those of the output's that it is made of.
  struct Band {
    xnnpack::Deconvolution2d product;
    int first_row, first_gradient_row;
  };
  [[nodiscard]] Status plan_bands(const Pads& pads, int threads);

  std::optional<Convolution> turned_;
  Window window_;
  std::vector<float> weights_;  // of a deconvolution: in × kernel × kernel × out
  Shape gradient_, input_;
  std::vector<Band> bands_;  // of each image: an operator holds its pointers
};

}  // namespace effcam::nn
