// The kernels that XNNPACK has not, on one thread, for one instruction set. The same source (kernels_impl.h) is compiled
// once for each instruction set; kernels() is the widest this processor runs. reference.h has each in plain scalar code.
#pragma once

#include <cstddef>
#include <span>

namespace effcam::nn {

// One row of a depthwise convolution, or of its gradient: for i in [0, count), all channels c:
//   u = bias[c] + Σ_t weights_t[c] · row_t[(i·in_step + offset_t)·channels + c]     (columns outside the row count as 0)
// to out[i·out_step·channels + c].
struct Tap {
  const float* row;      // an input row: width × channels
  const float* weights;  // channels
  int offset;            // in columns
};
struct DepthwiseRow {
  std::span<const Tap> taps;
  int width = 0;  // columns of the input rows
  int channels = 0;
  int in_step = 1, out_step = 1, count = 0;
  const float* bias = nullptr;  // null: 0
  float* pre = nullptr;         // u; null: not kept
  float* out = nullptr;         // swish(u) where `swish`, else u
  float* sums = nullptr;        // Σ_i of what goes to `out`, for each channel; null: not wanted
  bool swish = false;
};

// How a gradient passes a swish.
enum class SwishRule {
  plain,   // g·swish'(u)
  guided,  // the same where g > 0 and u > 0, else 0 (guided backpropagation: Springenberg et al. 2014)
};

struct Kernels {
  const char* name;
  void (*depthwise_row)(const DepthwiseRow& row);
  // out = in/(1 + exp(−in)); in place allowed. Relative error below 4e-7 (tested), exact at 0.
  void (*swish)(const float* in, float* out, std::size_t n);
  void (*add)(const float* a, const float* b, float* out, std::size_t n);
  // x[p][c] *= gate[c]
  void (*scale)(float* x, const float* gate, std::size_t positions, std::size_t channels);
  // out[p][c] = swish(scale[c]·z[p][c] + shift[c]) (out may be null), sums[c] = Σ_p of it
  void (*affine_swish)(const float* z, const float* scale, const float* shift, float* out, float* sums,
                       std::size_t positions, std::size_t channels);
  // gradient[p][c] = weight[c]·scale[c]·swish'(scale[c]·z[p][c] + shift[c])
  void (*affine_swish_gradient)(const float* z, const float* scale, const float* shift, const float* weight,
                                float* gradient, SwishRule rule, std::size_t positions, std::size_t channels);
  // g *= swish'(u)
  void (*swish_gradient)(float* g, const float* u, SwishRule rule, std::size_t n);
  // dots[c] = Σ_p g[p][c]·swish(u[p][c])
  void (*gate_gradient)(const float* g, const float* u, float* dots, std::size_t positions, std::size_t channels);
  // g = (g·gate[c] + mean[c])·swish'(u)
  void (*squeeze_gradient)(float* g, const float* u, const float* gate, const float* mean, SwishRule rule,
                           std::size_t positions, std::size_t channels);
  float (*dot)(const float* a, const float* b, std::size_t n);
  // y += factor·x
  void (*add_scaled)(float factor, const float* x, float* y, std::size_t n);
};

[[nodiscard]] const Kernels& kernels();
// Every instruction set that this processor runs, the baseline first: for tests.
[[nodiscard]] std::span<const Kernels* const> all_kernels();

}  // namespace effcam::nn
