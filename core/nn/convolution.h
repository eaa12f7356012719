// A dense convolution on XNNPACK: weights packed once, planned for a shape, run.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

struct xnn_operator;

namespace effcam::nn {

class Convolution {
 public:
  // weights: out × in × kernel × kernel (OIHW); bias: out, or empty for none. Both may be freed afterwards.
  // Pads are those of `window`; for TensorFlow's SAME of the actual size say `same` instead.
  [[nodiscard]] static Result<Convolution> create(int in, int out, const Window& window, bool same,
                                                  std::span<const float> weights, std::span<const float> bias);

  // Plans runs on `input` (its channels are `in`) with the pool's threads; returns the output's shape.
  [[nodiscard]] Result<Shape> plan(const Shape& input, ThreadPool& pool);
  // Both hold the shapes of the plan, with kTailBytes readable bytes behind them; they must not overlap. The same pool.
  [[nodiscard]] Status run(const float* input, float* output, ThreadPool& pool);

  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] int out() const { return out_; }
  [[nodiscard]] std::size_t weight_bytes() const { return weight_bytes_; }

 private:
  struct Delete {
    void operator()(xnn_operator* op) const;
  };
  std::unique_ptr<xnn_operator, Delete> op_;
  std::vector<std::byte> workspace_;
  int in_ = 0, out_ = 0;
  std::size_t weight_bytes_ = 0;
};

}  // namespace effcam::nn
