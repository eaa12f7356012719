// A dense convolution: weights packed once, planned for a shape, run. One of 1×1 is a product of its input as it lies in
// memory, XNNPACK's; a larger one first gathers what each output sees, a band of rows at a time, for a kernel of our own.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "nn/dense_product.h"
#include "nn/panels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// Whether forward passes multiply the input's channels by gates.
enum class Gated { no, yes };

class Convolution {
 public:
  // weights: out × in × kernel × kernel (OIHW); bias: out, or empty for none. Both may be freed afterwards.
  // Pads are those of `window`; for TensorFlow's SAME of the actual size say `same` instead.
  [[nodiscard]] static Result<Convolution> create(int in, int out, const Window& window, bool same,
                                                  std::span<const float> weights, std::span<const float> bias);

  // Plans runs on `input` (its channels are `in`) with the pool's threads; returns the output's shape. Errors: an input smaller
  // than the window; not enough memory.
  [[nodiscard]] Result<Shape> plan(const Shape& input, ThreadPool& pool, Gated gated = Gated::no);
  // Both hold the shapes of the plan; they must not overlap. The same pool. `gates` (images × in; null: none) only where
  // gates_weights(): the input's channels count as multiplied by them.
  void run(const float* input, float* output, ThreadPool& pool, const Following& following = {}, const float* gates = nullptr);

  // Whether run() takes gates: with more positions than outputs it is cheaper to multiply them into the weights than into the
  // input.
  [[nodiscard]] bool gates_weights() const { return gated_weights_ != nullptr; }

  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] int out() const { return out_; }
  // Of a 1×1 convolution.
  [[nodiscard]] const xnnpack::PackedMatrix& matrix() const { return matrix_; }
  [[nodiscard]] std::size_t weight_bytes() const { return matrix_.bytes() + panels_.weight_bytes(); }

 private:
  [[nodiscard]] bool pointwise() const { return window_.kernel == 1 && window_.stride == 1 && window_.pads == Pads{}; }
  void run_gathered(const float* input, float* output, ThreadPool& pool, const Following& following);
  void gate_weights(const float* gates, ThreadPool& pool);
  // The values that the outputs [0, width) of row y see, kernel·kernel·in each.
  void gather(const float* image, int y, float* patches) const;

  int in_ = 0, out_ = 0;
  Window window_;
  bool same_ = false;
  // One of the two: of a 1×1 convolution, of a larger one.
  xnnpack::PackedMatrix matrix_;
  Panels panels_;

  Shape input_, output_;
  DenseProduct product_;  // of all images, or of one where its weights are gated
  xnnpack::AlignedFloats gated_weights_;  // null: they are not
  int band_ = 0;  // rows that are gathered at a time
  std::size_t slot_values_ = 0;  // of a thread's patches
  std::vector<float> patches_;
};

}  // namespace effcam::nn
