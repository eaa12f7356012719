// Dense convolutions with their swish, shared by the kinds of blocks.
#pragma once

#include "efficientnet/part.h"

namespace effcam::efficientnet {

// A convolution, its batch norm and a swish.
class ActivatedConvolution {
 public:
  explicit ActivatedConvolution(DenseConvolution convolution) : convolution_(std::move(convolution)) {}

  [[nodiscard]] Result<Value> plan_forward(Plan& plan, const Value& input, bool for_backward);
  // `residual`: of the output's shape, added to it where it is not null.
  void forward(const Run& run, const float* residual = nullptr);
  // Changes the gradient at the output in place.
  [[nodiscard]] Result<Value> plan_backward(Plan& plan, const Value& gradient);
  void backward(const Run& run);

  [[nodiscard]] const DenseConvolution& convolution() const { return convolution_; }
  [[nodiscard]] Work work() const { return convolution_.work(); }
  [[nodiscard]] std::size_t weight_bytes() const { return convolution_.weight_bytes(); }

 private:
  DenseConvolution convolution_;
  Value pre_, out_, gradient_;
};

[[nodiscard]] Result<std::unique_ptr<Part>> pack_convolution_block(const Packer& packer, int index, int native);
[[nodiscard]] Result<std::unique_ptr<Part>> pack_fused_mbconv(const Packer& packer, int index, int native);
[[nodiscard]] Result<std::unique_ptr<Part>> pack_mbconv(const Packer& packer, int index, int native);

}  // namespace effcam::efficientnet
