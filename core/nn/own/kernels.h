// The kernels, on one thread, for one instruction set. The same source (kernels_impl.h) is compiled once for each
// instruction set; kernels() is the widest this processor runs. tests/support/nn_reference.h has them in scalar code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace effcam::nn {

// One row of a depthwise convolution's gradient: for i in [0, count), all channels c:
//   out[i·out_step·channels + c] = Σ_t weights_t[c] · row_t[(i·in_step + offset_t)·channels + c]
// where columns outside the row count as 0.
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
  float* out = nullptr;
};

// One row of a depthwise convolution with bias and swish whose input rows have been padded to the left and to the right:
// for i in [0, count), all channels c:
//   u = bias[c] + Σ_row Σ_k row.weights[k·weight_step + c]·row.in[(i·stride + k)·in_step + c]
// to pre[i·out_step + c], swish(u) to out[i·out_step + c], and sums[c] += Σ_i swish(u). Rows of padding are left out.
struct DepthwiseLine {
  struct Row {
    const float* in;
    const float* weights;
  };
  std::span<const Row> rows;
  int channels = 0, count = 0;
  std::size_t in_step = 0, weight_step = 0, out_step = 0;  // in floats
  const float* bias = nullptr;
  float* pre = nullptr;  // null: not kept
  float* out = nullptr;
  float* sums = nullptr;
  bool coarse = false;  // swish as coarse_swish
  // `out` is part of more than the caches hold, and may be written past them: settle_stores() before other threads read it.
  bool past_caches = false;
};
// What this thread has written, in whatever way, is there for others that it tells of it from now on.
inline void settle_stores() {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}

// What a row of quantised values stands for: the value q, 0 to 127, for least + step·q.
struct RowRange {
  float least, step;
};
constexpr int kMostQuantized = 127;

// Rows of `depth` floats, times `gates` (one a value of the row, null: none), as quantised bytes. A row is written as
// whole words of four bytes, in the order of quantized_order() (nn/quantized_panels.h), zeros where it has no value.
struct Quantization {
  const float* in = nullptr;
  const float* gates = nullptr;
  int rows = 0, depth = 0;
  std::uint8_t* out = nullptr;
  RowRange* ranges = nullptr;  // one a row
};

// Rows × depth by depth × columns, quantised rows by quantised weights: with q·w summed exactly,
//   out = step·scale·Σ q·w + least·sum + bias [+ residual]
// The weights are bytes −127 … 127 in panels of `depth` rows (nn/quantized_panels.h); `residual` is laid out as `out` is.
struct QuantizedProduct {
  const std::uint8_t* in = nullptr;
  std::size_t in_stride = 0;  // bytes from row to row
  const RowRange* ranges = nullptr;
  std::size_t rows = 0;        // of all images: more than an int may count
  int depth = 0, columns = 0;  // the depth is in bytes, a multiple of 4
  const std::int8_t* weights = nullptr;
  const float* scales = nullptr;  // a column's weights are scale·w
  const float* sums = nullptr;    // scale·Σ w
  const float* bias = nullptr;
  const float* residual = nullptr;  // null: none
  float* out = nullptr;
  std::size_t out_stride = 0;
};

// How a gradient passes a swish.
enum class SwishRule {
  plain,   // g·swish'(u)
  guided,  // the same where g > 0 and u > 0, else 0 (guided backpropagation: Springenberg et al. 2014)
};

struct Kernels {
  const char* name;
  int lanes;  // floats of a vector
  int panel;  // columns of a panel of weights, a multiple of `lanes`; the last panel may have fewer vectors
  void (*quantize)(const Quantization& quantization);
  void (*multiply_quantized)(const QuantizedProduct& product);
  // to[r][c] = from[r][c]·factor[r]
  void (*scale_rows)(const float* from, const float* factor, float* to, std::size_t rows, std::size_t columns);
  // False, and nothing done, for a kernel and stride that it has not: 3 and 5 by 1 and 2 are there.
  bool (*depthwise_line)(const DepthwiseLine& line, int kernel, int stride);
  void (*depthwise_row)(const DepthwiseRow& row);
  // out = in/(1 + exp(−in)); in place allowed. The error is below 1e-6·|out| for in > 0 and below (2.2e-6 + 6e-8·|in|)·|out|
  // for −84 < in < 0 (tested); exact at 0. What that does to logits: docs/performance.md, "What makes it fast".
  void (*swish)(const float* in, float* out, std::size_t n);
  // The same to within 0.0024 of in/(1 + exp(−in)), for values that will be rounded to 7 bits.
  void (*coarse_swish)(const float* in, float* out, std::size_t n);
  // out = 1/(1 + exp(−in)); in place allowed. The error is below 6e-7.
  void (*sigmoid)(const float* in, float* out, std::size_t n);
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
  // `rounds` times peak_round multiply-adds on values in registers; returns one that they made.
  float (*peak)(int rounds);
  int peak_round;
};

[[nodiscard]] const Kernels& kernels();
// To be called before a forward pass that multiplies in bytes, when no kernel runs: in WebAssembly it finds out which
// instructions are fastest for that. The answers do not depend on it.
void before_quantized_pass();
// Every instruction set that this processor runs, the baseline first: for tests.
[[nodiscard]] std::span<const Kernels* const> all_kernels();

}  // namespace effcam::nn
