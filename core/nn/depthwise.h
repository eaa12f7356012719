// A depthwise convolution's weights, and its gradient. nn/expand_depthwise.h is the way forward.
#pragma once

#include <span>
#include <vector>

#include "nn/own/kernels.h"
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
  [[nodiscard]] std::span<const float> weights() const { return weights_; }  // kernel·kernel × channels
  [[nodiscard]] std::span<const float> bias() const { return bias_; }
  [[nodiscard]] std::size_t weight_bytes() const { return (weights_.size() + bias_.size()) * sizeof(float); }

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

// The mean of each image's positions (images × channels) from the sums of its rows, which are added in their order,
// whatever thread made them: the same bits with any number of threads.
void means_of_rows(const Shape& shape, const float* row_sums, float* means);

}  // namespace effcam::nn
