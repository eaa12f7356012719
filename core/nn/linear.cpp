#include "nn/linear.h"

#include <algorithm>

#include "base/result.h"
#include "nn/kernels.h"

namespace effcam::nn {

Linear::Linear(int in, int out, std::vector<float> weight, std::vector<float> bias)
    : in_(in), out_(out), weight_(std::move(weight)), bias_(std::move(bias)) {
  EFFCAM_CHECK(weight_.size() == static_cast<std::size_t>(in) * out && bias_.size() == static_cast<std::size_t>(out));
}

std::span<const float> Linear::weight_row(int out) const {
  return std::span(weight_).subspan(static_cast<std::size_t>(out) * in_, in_);
}

namespace {
constexpr std::size_t kTaskWeights = 16384;  // of a task: fewer, and handing it out takes longer than it does
}

void Linear::forward(std::span<const float> x, std::span<float> y, ThreadPool& pool) const {
  EFFCAM_CHECK(x.size() == static_cast<std::size_t>(in_) && y.size() == static_cast<std::size_t>(out_));
  const std::size_t rows = std::max<std::size_t>(kTaskWeights / in_, 1), outs = y.size();
  pool.parallel_for((outs + rows - 1) / rows, [&](std::size_t task) {
    const std::size_t end = std::min((task + 1) * rows, outs);
    for (std::size_t o = task * rows; o < end; ++o)
      y[o] = kernels().dot(weight_row(static_cast<int>(o)).data(), x.data(), in_) + bias_[o];
  });
}

void Linear::backward(std::span<const float> y, std::span<float> x) const {
  EFFCAM_CHECK(x.size() == static_cast<std::size_t>(in_) && y.size() == static_cast<std::size_t>(out_));
  std::fill(x.begin(), x.end(), 0.0f);
  for (int o = 0; o < out_; ++o)
    if (y[o] != 0.0f) kernels().add_scaled(y[o], weight_row(o).data(), x.data(), in_);
}

}  // namespace effcam::nn
