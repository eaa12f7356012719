// The bodies of nn/own/kernels.h on vectors of kLanes floats. Included by one source file for each instruction set, with
// EFFCAM_LANES defined; everything is in an anonymous namespace and calls no inline function from outside, so that no
// code of a wider instruction set can be merged into a narrower one's.
//
// Reading order: kernels_vectors.h · kernels_tiles.h · kernels_quantized.h · kernels_depthwise.h · kernels_peak.h ·
// here: the other kernels, the table.

#include "nn/own/kernels_depthwise.h"
#include "nn/own/kernels_tiles.h"
#include "nn/own/kernels_peak.h"
#include "nn/own/kernels_quantized.h"
#include "nn/own/kernels_vectors.h"

namespace effcam::nn {
namespace {

// ---- the other kernels ---------------------------------------------------------------------------------------------

// `k`: the constants of a swish, or of a coarse one.
template <class Constants>
inline void swish_all(const float* in, float* out, std::size_t n, const Constants& k) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store<kLanes>(out + i, swish_of<kLanes>(load<kLanes>(in + i), k));
  // The rest in a whole vector too: narrower ones divide otherwise, and the bits must not depend on where a value lies.
  if (const int rest = static_cast<int>(n - i); rest > 0)
    store_first<kLanes>(out + i, swish_of<kLanes>(load_first<kLanes>(in + i, rest), k), rest);
}
void swish(const float* in, float* out, std::size_t n) { swish_all(in, out, n, exponential<kLanes>()); }
void coarse_swish(const float* in, float* out, std::size_t n) { swish_all(in, out, n, coarse<kLanes>()); }

void sigmoid(const float* in, float* out, std::size_t n) {
  for_lanes(n, [&]<int N>(std::size_t i) { store<N>(out + i, sigmoid_of<N>(load<N>(in + i))); });
}

void add(const float* a, const float* b, float* out, std::size_t n) {
  for_lanes(n, [&]<int N>(std::size_t i) { store<N>(out + i, load<N>(a + i) + load<N>(b + i)); });
}

void scale(float* x, const float* gate, std::size_t positions, std::size_t channels) {
  for (std::size_t p = 0; p < positions; ++p, x += channels)
    for_lanes(channels, [&]<int N>(std::size_t c) { store<N>(x + c, load<N>(x + c) * load<N>(gate + c)); });
}

void scale_rows(const float* from, const float* factor, float* to, std::size_t rows, std::size_t columns) {
  for (std::size_t r = 0; r < rows; ++r, from += columns, to += columns)
    for_lanes(columns, [&]<int N>(std::size_t c) { store<N>(to + c, load<N>(from + c) * all<N>(factor[r])); });
}

void affine_swish(const float* z, const float* factor, const float* shift, float* out, float* sums,
                  std::size_t positions, std::size_t channels) {
  for_lanes(channels, [&]<int N>(std::size_t c) {
    const Float<N> s = load<N>(factor + c), t = load<N>(shift + c);
    Float<N> total = {};
    for (std::size_t p = 0; p < positions; ++p) {
      const Float<N> a = swish_of<N>(multiply_add<N>(s, load<N>(z + p * channels + c), t));
      if (out) store<N>(out + p * channels + c, a);
      total += a;
    }
    store<N>(sums + c, total);
  });
}

void affine_swish_gradient(const float* z, const float* factor, const float* shift, const float* weight,
                           float* gradient, SwishRule rule, std::size_t positions, std::size_t channels) {
  for_lanes(channels, [&]<int N>(std::size_t c) {
    const Float<N> s = load<N>(factor + c), t = load<N>(shift + c), w = load<N>(weight + c);
    for (std::size_t p = 0; p < positions; ++p) {
      const Float<N> u = multiply_add<N>(s, load<N>(z + p * channels + c), t);
      store<N>(gradient + p * channels + c, through_swish<N>(w, u, rule) * s);
    }
  });
}

void swish_gradient(float* g, const float* u, SwishRule rule, std::size_t n) {
  for_lanes(n, [&]<int N>(std::size_t i) { store<N>(g + i, through_swish<N>(load<N>(g + i), load<N>(u + i), rule)); });
}

void gate_gradient(const float* g, const float* u, float* dots, std::size_t positions, std::size_t channels) {
  for_lanes(channels, [&]<int N>(std::size_t c) {
    Float<N> total = {};
    for (std::size_t p = 0; p < positions; ++p) {
      const std::size_t at = p * channels + c;
      total = multiply_add<N>(load<N>(g + at), swish_of<N>(load<N>(u + at)), total);
    }
    store<N>(dots + c, total);
  });
}

void squeeze_gradient(float* g, const float* u, const float* gate, const float* mean, SwishRule rule,
                      std::size_t positions, std::size_t channels) {
  for (std::size_t p = 0; p < positions; ++p, g += channels, u += channels)
    for_lanes(channels, [&]<int N>(std::size_t c) {
      const Float<N> above = multiply_add<N>(load<N>(g + c), load<N>(gate + c), load<N>(mean + c));
      store<N>(g + c, through_swish<N>(above, load<N>(u + c), rule));
    });
}

float dot(const float* a, const float* b, std::size_t n) {
  Float<kLanes> sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes)
    for (int k = 0; k < 4; ++k)
      sums[k] = multiply_add<kLanes>(load<kLanes>(a + i + k * kLanes), load<kLanes>(b + i + k * kLanes), sums[k]);
  const Float<kLanes> sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float total = 0;
  for (int k = 0; k < kLanes; ++k) total += sum[k];
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

void add_scaled(float factor, const float* x, float* y, std::size_t n) {
  for_lanes(n, [&]<int N>(std::size_t i) {
    store<N>(y + i, multiply_add<N>(all<N>(factor), load<N>(x + i), load<N>(y + i)));
  });
}

// ---- the table -----------------------------------------------------------------------------------------------------

#ifdef EFFCAM_HAS_PAIRS
constexpr auto kMultiplyQuantized = multiply_pairs;
#else
constexpr auto kMultiplyQuantized = multiply_dots;
#endif

constexpr Kernels table(const char* name) {
  return {.name = name,
          .lanes = kLanes,
          .panel = kPanel,
          .quantize = quantize,
          .multiply_quantized = kMultiplyQuantized,
          .scale_rows = scale_rows,
          .depthwise_line = depthwise_line,
          .depthwise_row = depthwise_row,
          .swish = swish,
          .coarse_swish = coarse_swish,
          .sigmoid = sigmoid,
          .add = add,
          .scale = scale,
          .affine_swish = affine_swish,
          .affine_swish_gradient = affine_swish_gradient,
          .swish_gradient = swish_gradient,
          .gate_gradient = gate_gradient,
          .squeeze_gradient = squeeze_gradient,
          .dot = dot,
          .add_scaled = add_scaled,
          .peak = peak,
          .peak_round = kPeakRound};
}

}  // namespace
}  // namespace effcam::nn
