// A dense convolution on XNNPACK's operators: weights packed once, planned for a shape, run. One of 1×1 is a product of its
// input as it lies in memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "nn/dense_product.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"
#include "nn/windowed_product.h"

namespace effcam::nn {

// Where weights times gates are made, just before they are used: one memory for all convolutions of a pass, which follow one
// another.
class GatedMemory {
 public:
  // At least so many floats, until clear(). Errors: not enough memory.
  [[nodiscard]] Result<float*> reserve(std::size_t values);
  void clear() { blocks_.clear(); }
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Block {
    xnnpack::AlignedFloats memory;
    std::size_t values;
  };
  std::vector<Block> blocks_;  // each larger than the one before it, to which operators point
};

class Convolution {
 public:
  // weights: out × in × kernel × kernel (OIHW); bias: out, or empty for none. Both may be freed afterwards. The stride of a
  // 1×1 convolution is 1; a larger one has more than one channel on one side. Errors: XNNPACK cannot run here; not enough memory.
  [[nodiscard]] static Result<Convolution> create(int in, int out, int kernel, int stride, std::span<const float> weights,
                                                  std::span<const float> bias);

  // Plans runs on `input` (its channels are `in`) for pools of `threads`; returns the output's shape. `pads`: fewer than the
  // kernel on each side, none for 1×1. `gated`: runs have gates, and this lends memory for as long as the plan is used.
  // Errors: an input smaller than the window; not enough memory.
  [[nodiscard]] Result<Shape> plan(const Shape& input, const Pads& pads, int threads, GatedMemory* gated = nullptr);
  // Both hold the shapes of the plan; they must not overlap. `gates` (images × in; null: none) only where
  // gates_weights(): the input's channels count as multiplied by them.
  void run(const float* input, float* output, ThreadPool& pool, const Following& following = {}, const float* gates = nullptr);

  // Whether run() takes gates: with more positions than outputs it is cheaper to multiply them into the weights than into the
  // input.
  [[nodiscard]] bool gates_weights() const { return gated_weights_ != nullptr; }

  [[nodiscard]] double xnnpack_multiply_adds() const;  // of a run()

  [[nodiscard]] int in() const { return weights_.in(); }
  [[nodiscard]] int out() const { return weights_.out(); }
  [[nodiscard]] const xnnpack::PackedWeights& weights() const { return weights_; }
  [[nodiscard]] std::size_t weight_bytes() const { return weights_.bytes(); }

 private:
  [[nodiscard]] bool pointwise() const { return weights_.kernel() == 1; }
  [[nodiscard]] Status plan_pointwise(int threads, GatedMemory* gated);
  void run_gated(const float* input, float* output, ThreadPool& pool, Following following, const float* gates);
  void gate_weights(const float* gates, ThreadPool& pool);

  int stride_ = 1;
  xnnpack::PackedWeights weights_;
  Shape input_, output_;
  // One of the two: of a 1×1 convolution (of all images, or of one where its weights are gated), of a larger one.
  DenseProduct dense_;
  WindowedProduct windowed_;
  float* gated_weights_ = nullptr;  // lent; null: they are not
};

}  // namespace effcam::nn
