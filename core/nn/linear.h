// Small dense layers on a few vectors: the squeeze-and-excitation's convolutions and the classifier. XNNPACK's.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "nn/dense_product.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

class Linear {
 public:
  Linear() = default;
  // weight: out × in; bias: out. `gradient`: backward() will be asked for. Errors: as PackedWeights::pack.
  [[nodiscard]] static Result<Linear> create(int in, int out, std::span<const float> weight, std::vector<float> bias,
                                             bool gradient);

  [[nodiscard]] int in() const { return weights_.in(); }
  [[nodiscard]] int out() const { return weights_.out(); }
  [[nodiscard]] std::span<const float> bias() const { return bias_; }
  [[nodiscard]] std::size_t weight_bytes() const {
    return weights_.bytes() + (bias_.size() + transposed_.size()) * sizeof(float);
  }

  // Plans products of `rows` vectors. Errors: not enough memory.
  [[nodiscard]] Status plan(std::size_t rows, int threads) {
    return product_.plan(weights_, weights_.values().data(), rows, threads);
  }
  // y = W·x + b of each row.
  void forward(const float* x, float* y, ThreadPool& pool) const { product_.run(x, y, {}, pool); }
  [[nodiscard]] double xnnpack_multiply_adds() const { return product_.xnnpack_multiply_adds(); }  // of a forward()
  // x = Wᵀ·y of one vector: the gradient by x.
  void backward(std::span<const float> y, std::span<float> x) const;

 private:
  xnnpack::PackedWeights weights_;
  std::vector<float> bias_;
  std::vector<float> transposed_;  // in × out, for backward() where the packed weights interleave inputs
  DenseProduct product_;
};

}  // namespace effcam::nn
