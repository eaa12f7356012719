// A dense convolution: weights packed once, planned for a shape, run. One of 1×1 is a matrix product of its input as it
// lies in memory; a larger one first gathers what each output sees, a band of rows at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "nn/panels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// What is done beside the convolution, while its parts are in registers anyway.
struct Fused {
  bool swish = false;
  const float* residual = nullptr;  // of the output's shape, added last
  // Images × in: the input's channels are multiplied by them. Only where Convolution::gates_weights(); `gated_weights` is
  // scratch of gated_values() floats.
  const float* gates = nullptr;
  float* gated_weights = nullptr;
};

class Convolution {
 public:
  // weights: out × in × kernel × kernel (OIHW); bias: out, or empty for none. Both may be freed afterwards.
  // Pads are those of `window`; for TensorFlow's SAME of the actual size say `same` instead.
  [[nodiscard]] static Result<Convolution> create(int in, int out, const Window& window, bool same,
                                                  std::span<const float> weights, std::span<const float> bias);

  // Plans runs on `input` (its channels are `in`) with the pool's threads; returns the output's shape.
  [[nodiscard]] Result<Shape> plan(const Shape& input, ThreadPool& pool);
  // Both hold the shapes of the plan; they must not overlap. The same pool.
  void run(const float* input, float* output, ThreadPool& pool, const Fused& fused = {});

  // With more positions than outputs it is cheaper to multiply gates into the weights than into the input.
  [[nodiscard]] bool gates_weights() const;
  [[nodiscard]] std::size_t gated_values() const { return panels_.weights().size(); }

  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] int out() const { return panels_.columns(); }
  [[nodiscard]] const Panels& panels() const { return panels_; }
  [[nodiscard]] std::size_t weight_bytes() const { return panels_.weight_bytes(); }

 private:
  [[nodiscard]] bool pointwise() const { return window_.kernel == 1 && window_.stride == 1 && window_.pads == Pads{}; }
  void run_gathered(const float* input, float* output, ThreadPool& pool, const Fused& fused);
  // The values that the outputs [0, width) of row y see, kernel·kernel·in each.
  void gather(const float* image, int y, float* patches) const;

  int in_ = 0;
  Window window_;
  bool same_ = false;
  Panels panels_;

  Shape input_, output_;
  int band_ = 0;  // rows that are gathered at a time
  std::size_t slot_values_ = 0;  // of a thread's patches
  std::vector<float> patches_;
};

}  // namespace effcam::nn
