// Small dense layers on a few vectors: the squeeze-and-excitation's convolutions and the classifier.
#pragma once

#include <span>
#include <vector>

#include "nn/thread_pool.h"

namespace effcam::nn {

class Linear {
 public:
  Linear() = default;
  // weight: out × in; bias: out.
  Linear(int in, int out, std::vector<float> weight, std::vector<float> bias);

  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] int out() const { return out_; }
  [[nodiscard]] std::span<const float> weight() const { return weight_; }
  [[nodiscard]] std::span<const float> weight_row(int out) const;
  [[nodiscard]] std::span<const float> bias() const { return bias_; }
  [[nodiscard]] std::size_t weight_bytes() const { return (weight_.size() + bias_.size()) * sizeof(float); }

  // y = W·x + b, over the pool's threads where the weights are many
  void forward(std::span<const float> x, std::span<float> y, ThreadPool& pool) const;
  // x = Wᵀ·y: the gradient by x
  void backward(std::span<const float> y, std::span<float> x) const;

 private:
  int in_ = 0, out_ = 0;
  std::vector<float> weight_, bias_;
};

}  // namespace effcam::nn
