#include "nn/depthwise.h"

#include <algorithm>

#include "base/result.h"

namespace effcam::nn {

namespace {
constexpr int kMaxTaps = 49;  // a 7 × 7 kernel

struct Taps {
  Tap list[kMaxTaps];
  std::size_t count = 0;
  void add(Tap tap) { list[count++] = tap; }
};
}  // namespace

Depthwise::Depthwise(int channels, int kernel, int stride, std::span<const float> weights, std::span<const float> bias)
    : channels_(channels), kernel_(kernel), stride_(stride), weights_(weights.size()), bias_(bias.begin(), bias.end()) {
  const std::size_t area = static_cast<std::size_t>(kernel) * kernel;
  EFFCAM_CHECK(area <= kMaxTaps && weights.size() == area * channels && bias.size() == static_cast<std::size_t>(channels));
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
    for (std::size_t k = 0; k < area; ++k) weights_[k * channels + c] = weights[c * area + k];
}

void Depthwise::forward(const Shape& input, const Pads& pads, const float* in, float* pre, float* out, float* row_sums,
                        float* means, ThreadPool& pool) const {
  const Window window{kernel_, stride_, pads};
  const int height = window.output_height(input.height), width = window.output_width(input.width);
  const std::size_t row_values = static_cast<std::size_t>(width) * channels_;
  pool.parallel_for(static_cast<std::size_t>(input.images) * height, [&](std::size_t index) {
    const int y = static_cast<int>(index % height);
    const float* image = in + index / height * input.image_values();
    Taps taps;
    for (int ky = 0; ky < kernel_; ++ky) {
      const int row = y * stride_ + ky - pads.top;
      if (row < 0 || row >= input.height) continue;
      for (int kx = 0; kx < kernel_; ++kx)
        taps.add({image + static_cast<std::size_t>(row) * input.width * channels_,
                  weights_.data() + static_cast<std::size_t>(ky * kernel_ + kx) * channels_, kx - pads.left});
    }
    kernels().depthwise_row({.taps = {taps.list, taps.count},
                             .width = input.width,
                             .channels = channels_,
                             .in_step = stride_,
                             .out_step = 1,
                             .count = width,
                             .bias = bias_.data(),
                             .pre = pre ? pre + index * row_values : nullptr,
                             .out = out + index * row_values,
                             .sums = row_sums + index * channels_,
                             .swish = true});
  });
  // Rows are summed in their order, whatever thread made them: the same bits with any number of threads.
  const float share = 1.0f / (static_cast<float>(height) * static_cast<float>(width));
  for (int n = 0; n < input.images; ++n) {
    float* mean = means + static_cast<std::size_t>(n) * channels_;
    std::fill_n(mean, channels_, 0.0f);
    for (int y = 0; y < height; ++y)
      kernels().add_scaled(share, row_sums + (static_cast<std::size_t>(n) * height + y) * channels_, mean, channels_);
  }
}

void Depthwise::backward(const Shape& input, const Shape& output, const Pads& pads, const float* gradient,
                         float* in_gradient, ThreadPool& pool) const {
  const std::size_t row_values = static_cast<std::size_t>(input.width) * channels_;
  pool.parallel_for(static_cast<std::size_t>(output.images) * input.height, [&](std::size_t index) {
    backward_row(input, output, pads, gradient + index / input.height * output.image_values(),
                 static_cast<int>(index % input.height), in_gradient + index * row_values);
  });
}

// Input pixel (y, x) was seen through tap (ky, kx) by output ((y + top − ky)/stride, (x + left − kx)/stride) where both
// divide. Columns with the same remainder share their taps: each such phase is a row of its own.
void Depthwise::backward_row(const Shape& input, const Shape& output, const Pads& pads, const float* gradient, int y,
                             float* in_row) const {
  for (int phase = 0; phase < std::min(stride_, input.width); ++phase) {
    Taps taps;
    for (int ky = 0; ky < kernel_; ++ky) {
      const int above = y + pads.top - ky;
      if (above < 0 || above % stride_ || above / stride_ >= output.height) continue;
      for (int kx = (phase + pads.left) % stride_; kx < kernel_; kx += stride_)
        taps.add({gradient + static_cast<std::size_t>(above / stride_) * output.width * channels_,
                  weights_.data() + static_cast<std::size_t>(ky * kernel_ + kx) * channels_,
                  (phase + pads.left - kx) / stride_});
    }
    kernels().depthwise_row({.taps = {taps.list, taps.count},
                             .width = output.width,
                             .channels = channels_,
                             .in_step = 1,
                             .out_step = stride_,
                             .count = (input.width - phase + stride_ - 1) / stride_,
                             .out = in_row + static_cast<std::size_t>(phase) * channels_});
  }
}

}  // namespace effcam::nn
