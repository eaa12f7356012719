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

void means_of_rows(const Shape& shape, const float* row_sums, float* means) {
  const std::size_t channels = shape.channels;
  const float share = 1.0f / static_cast<float>(shape.positions());
  for (int n = 0; n < shape.images; ++n, means += channels) {
    std::fill_n(means, channels, 0.0f);
    for (int y = 0; y < shape.height; ++y, row_sums += channels) kernels().add_scaled(share, row_sums, means, channels);
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
