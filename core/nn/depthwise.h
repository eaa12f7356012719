// Depthwise convolution with bias and swish, and its gradient, by our own kernels: XNNPACK's reach a quarter of the
// machine's peak and know no swish.
#pragma once

#include <span>
#include <vector>

#include "nn/kernels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

class Depthwise {
 public:
  // weights: channels × kernel × kernel; bias: channels.
  Depthwise(int channels, int kernel, int stride, std::span<const float> weights, std::span<const float> bias);

  [[nodiscard]] int channels() const { return channels_; }
  [[nodiscard]] int kernel() const { return kernel_; }
  [[nodiscard]] int stride() const { return stride_; }
  [[nodiscard]] std::size_t weight_bytes() const { return (weights_.size() + bias_.size()) * sizeof(float); }

  // u = conv(input) + bias, out = swish(u); `pre` keeps u where it is not null. `means` (images × channels) gets the
  // mean of out over positions: the squeeze. `row_sums` is scratch of images × output height × channels.
  void forward(const Shape& input, const Pads& pads, const float* in, float* pre, float* out, float* row_sums,
               float* means, ThreadPool& pool) const;

  // ∂/∂input of Σ gradient·(conv(input)): gradient has output.images images, `in_gradient` the input's shape.
  void backward(const Shape& input, const Shape& output, const Pads& pads, const float* gradient, float* in_gradient,
                ThreadPool& pool) const;

 private:
  void backward_row(const Shape& input, const Shape& output, const Pads& pads, const float* gradient, int y,
                    float* in_row) const;

  int channels_, kernel_, stride_;
  std::vector<float> weights_;  // kernel·kernel × channels
  std::vector<float> bias_;
};

}  // namespace effcam::nn
