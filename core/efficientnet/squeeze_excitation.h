// Squeeze-and-excitation (Hu et al. 2018): a gate for each channel from the means of all.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "efficientnet/profile.h"
#include "nn/linear.h"
#include "nn/own/kernels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/elementwise.h"

namespace effcam::efficientnet {

class SqueezeExcitation {
 public:
  SqueezeExcitation(nn::Linear reduce, nn::Linear excite) : reduce_(std::move(reduce)), excite_(std::move(excite)) {}

  [[nodiscard]] Status plan(int images, int threads);  // errors: not enough memory
  [[nodiscard]] std::span<float> means() { return means_; }  // images × channels: the caller writes them
  [[nodiscard]] std::span<const float> gates() const { return gates_; }

  // gate = σ(W₂·swish(W₁·mean + b₁) + b₂)
  void forward(nn::ThreadPool& pool);
  // From g = ∂/∂(h·gate) to ∂/∂u in place, for each target; u: height × width × channels before the swish, h = swish(u).
  void backward(const nn::Shape& shape, float* gradient, const float* pre, nn::SwishRule rule, nn::ThreadPool& pool);

  // Of a planned forward pass.
  [[nodiscard]] Work work() const {
    return {2.0 * means_.size() * reduce_.out(), reduce_.xnnpack_multiply_adds() + excite_.xnnpack_multiply_adds()};
  }
  [[nodiscard]] std::size_t weight_bytes() const { return reduce_.weight_bytes() + excite_.weight_bytes(); }

 private:
  // From ∂/∂gate of image 0 (changed) to ∂/∂mean, divided by the positions that each mean is of.
  void gate_to_mean(std::span<float> gate, std::span<float> mean, nn::SwishRule rule, std::size_t positions);

  nn::Linear reduce_, excite_;
  std::optional<nn::xnnpack::Sigmoid> sigmoid_;
  std::vector<float> means_, gates_, hidden_pre_, hidden_;
};

}  // namespace effcam::efficientnet
