// XNNPACK's operators on whole tensors: what is no product. All run on the thread that calls them.
#pragma once

#include <array>
#include <span>

#include "nn/shape.h"
#include "nn/xnnpack/weights.h"

namespace effcam::nn::xnnpack {

// out = 1/(1 + exp(−in)), n values; in place allowed.
class Sigmoid {
 public:
  [[nodiscard]] static Result<Sigmoid> create(std::size_t n);  // errors: not enough memory
  void run(const float* in, float* out) const;

 private:
  explicit Sigmoid(Operator made) : operator_(std::move(made)) {}
  Operator operator_;
};

// a + b or a·b, b of a's shape or with sides of 1, whose values count for all of a's.
enum class Binary { add, multiply };
class BinaryElementwise {
 public:
  [[nodiscard]] static Result<BinaryElementwise> create(Binary what, const Shape& a, const Shape& b);  // the same
  void run(const float* a, const float* b, float* out) const;

 private:
  explicit BinaryElementwise(Operator made) : operator_(std::move(made)) {}
  Operator operator_;
};

// The mean over each image's positions: images × height × width × channels → images × channels.
class GlobalMean {
 public:
  [[nodiscard]] static Result<GlobalMean> create(const Shape& shape);  // the same
  void run(const float* in, float* out) const;

 private:
  explicit GlobalMean(Operator made) : operator_(std::move(made)) {}
  Operator operator_;
};

// out = exp(in)/Σ exp(in), as many values as `in`.
void softmax(std::span<const float> in, std::span<float> out);

}  // namespace effcam::nn::xnnpack
