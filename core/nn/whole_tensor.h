// XNNPACK's operators on whole tensors, of which nothing follows another in the cache: what the plain network is made of
// (efficientnet/plain.h). Each is planned as one operator for each band of an image's rows, one image after the other, so
// that threads share the work; the bits do not depend on their number.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/depthwise.h"
#include "nn/xnnpack/elementwise.h"

namespace effcam::nn {

using xnnpack::Binary;

// out = 1/(1 + exp(−in))
class WholeSigmoid {
 public:
  [[nodiscard]] Status plan(const Shape& shape, int threads);  // errors, here and below: not enough memory
  void run(const float* in, float* out, ThreadPool& pool) const;  // in place allowed

 private:
  Shape shape_;
  std::vector<xnnpack::Sigmoid> bands_;
};

// out = a + b or a·b. b has a's images, or one for all of them; a's height and width, or one position for all of them.
class WholeBinary {
 public:
  [[nodiscard]] Status plan(Binary what, const Shape& a, const Shape& b, int threads);
  void run(const float* a, const float* b, float* out, ThreadPool& pool) const;  // in place of either of out's shape allowed

 private:
  Shape a_, b_;
  std::vector<xnnpack::BinaryElementwise> bands_;
};

// A depthwise convolution. A band's operator packs the weights itself.
class WholeDepthwise {
 public:
  // weights: kernel·kernel × channels; bias: one a channel, or empty for none. Both may be freed afterwards.
  [[nodiscard]] Status plan(std::span<const float> weights, std::span<const float> bias, const Window& window,
                            const Shape& input, int threads);
  void run(const float* in, float* out, ThreadPool& pool) const;
  [[nodiscard]] const Shape& output() const { return output_; }
  [[nodiscard]] double xnnpack_multiply_adds() const;  // of a run

 private:
  Window window_;
  Shape input_, output_;
  std::vector<xnnpack::DepthwiseConvolution2d> bands_;
};

}  // namespace effcam::nn
