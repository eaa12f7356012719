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
  // Some rows of an image's gradient by its input, from those of the gradient at the output that it is made of. Bands of one
  // geometry share a thread's operators.
  struct Geometry {
    int rows, gradient_rows, top;  // the window's pad above
    bool operator==(const Geometry&) const = default;
  };
  struct Band {
    int first_row, first_gradient_row;
    std::size_t geometry;
  };
  [[nodiscard]] Status plan_bands(const Pads& pads, int threads);
  void add_band(int first, int last, int top);

  std::optional<Convolution> turned_;
  Window window_;
  std::vector<float> weights_;  // of a deconvolution: in × kernel × kernel × out
  Shape gradient_, input_;
  std::vector<Band> bands_;  // of an image
  std::vector<Geometry> geometries_;
  std::vector<xnnpack::Deconvolution2d> operators_;  // of each thread, of each geometry
};

}  // namespace effcam::nn
