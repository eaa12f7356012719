// The bodies of nn/kernels.h on vectors of kLanes floats. Included by one source file for each instruction set, with
// EFFCAM_LANES defined; everything is in an anonymous namespace and calls no inline function from outside, so that no
// code of a wider instruction set can be merged into a narrower one's.
//
// Reading order: vectors · the exponential and swish · depthwise rows · the other kernels · the table.

#include "nn/kernels.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace effcam::nn {
namespace {

// ---- vectors -------------------------------------------------------------------------------------------------------

constexpr int kLanes = EFFCAM_LANES;

template <int N>
struct Lanes {
  typedef float Float __attribute__((vector_size(N * 4)));
  typedef int Int __attribute__((vector_size(N * 4)));
  typedef float Unaligned __attribute__((vector_size(N * 4), aligned(4), may_alias));
};
template <int N>
using Float = typename Lanes<N>::Float;

template <int N>
inline Float<N> load(const float* from) {
  return *reinterpret_cast<const typename Lanes<N>::Unaligned*>(from);
}
template <int N>
inline void store(float* to, Float<N> value) {
  *reinterpret_cast<typename Lanes<N>::Unaligned*>(to) = value;
}
template <int N>
inline Float<N> all(float value) {
  return value - Float<N>{};  // a splat that both compilers know; −0 stays −0 − 0 = −0
}
// a·b + c; where the instruction set has a fused form, the compiler or the intrinsic takes it.
template <int N>
inline Float<N> multiply_add(Float<N> a, Float<N> b, Float<N> c) {
#ifdef __wasm_relaxed_simd__
  if constexpr (N == 4) return (Float<N>)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#endif
  return a * b + c;
}
template <int N>
inline Float<N> clamp(Float<N> x, float low, float high) {
  const Float<N> l = all<N>(low), h = all<N>(high);
  x = x < l ? l : x;
  return x > h ? h : x;
}

// Calls f.template operator()<N>(i) over [0, n), first in steps of kLanes, then of narrower vectors.
template <int N = kLanes, class F>
inline void for_lanes(std::size_t n, const F& f, std::size_t i = 0) {
  for (; i + N <= n; i += N) f.template operator()<N>(i);
  if constexpr (N > 1) {
    if (i < n) for_lanes<(N > 4 ? N / 2 : 1)>(n, f, i);
  }
}

// ---- the exponential and swish -------------------------------------------------------------------------------------

// exp(x) for x in [−87, 87]: 2^n·p(r) with n = round(x·log2 e) and r = x − n·ln 2 in two parts (Cody & Waite 1980); p is
// the Taylor polynomial of degree 6 with its last coefficients moved to the minimax fit on |r| ≤ ln 2/2.
template <int N>
inline Float<N> exponential(Float<N> x) {
  constexpr float kRound = 12582912.0f;  // 1.5·2^23: adding it leaves round(t) in the low bits of the mantissa
  const Float<N> t = multiply_add<N>(x, all<N>(1.44269504f), all<N>(kRound));
  const Float<N> n = t - kRound;
  Float<N> r = multiply_add<N>(n, all<N>(-0.693359375f), x);
  r = multiply_add<N>(n, all<N>(2.12194440e-4f), r);
  Float<N> p = all<N>(1.3981999507e-3f);
  p = multiply_add<N>(p, r, all<N>(8.3334519073e-3f));
  p = multiply_add<N>(p, r, all<N>(4.1665795894e-2f));
  p = multiply_add<N>(p, r, all<N>(1.6666665459e-1f));
  p = multiply_add<N>(p, r, all<N>(5.0000001201e-1f));
  p = multiply_add<N>(p * r, r, r + 1.0f);
  using Int = typename Lanes<N>::Int;
  const Int power = ((Int)t << 23) + 0x3f800000;
  return p * (Float<N>)power;
}

template <int N>
inline Float<N> sigmoid(Float<N> x) {
  return 1.0f / (1.0f + exponential<N>(clamp<N>(-x, -87.0f, 87.0f)));
}
template <int N>
inline Float<N> swish_of(Float<N> x) {
  return x / (1.0f + exponential<N>(clamp<N>(-x, -87.0f, 87.0f)));
}
// swish'(u) = σ(u)·(1 + u·(1 − σ(u)))
template <int N>
inline Float<N> swish_slope(Float<N> u) {
  const Float<N> s = sigmoid<N>(u);
  return s * (1.0f + u * (1.0f - s));
}
template <int N>
inline Float<N> through_swish(Float<N> g, Float<N> u, SwishRule rule) {
  const Float<N> passed = g * swish_slope<N>(u);
  if (rule == SwishRule::plain) return passed;
  const Float<N> zero = {};
  return g > zero ? (u > zero ? passed : zero) : zero;
}

// ---- depthwise rows ------------------------------------------------------------------------------------------------

template <int N>
inline Float<N> finish(const DepthwiseRow& row, std::size_t at, Float<N> u) {
  if (row.pre) store<N>(row.pre + at, u);
  if (row.swish) u = swish_of<N>(u);
  store<N>(row.out + at, u);
  return u;
}

// `Pixels` outputs beside each other, at one vector of channels; every tap is inside the row.
template <int N, int Pixels>
inline Float<N> inner_pixels(const DepthwiseRow& row, int i, int c, Float<N> bias) {
  Float<N> sum[Pixels];
  for (int p = 0; p < Pixels; ++p) sum[p] = bias;
  const std::ptrdiff_t channels = row.channels, step = row.in_step * channels;
  for (const Tap *tap = row.taps.data(), *end = tap + row.taps.size(); tap != end; ++tap) {
    const Float<N> weight = load<N>(tap->weights + c);
    const float* from = tap->row + (static_cast<std::ptrdiff_t>(i) * row.in_step + tap->offset) * channels + c;
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p) sum[p] = multiply_add<N>(weight, load<N>(from + p * step), sum[p]);
  }
  Float<N> total = {};
  for (int p = 0; p < Pixels; ++p)
    total += finish<N>(row, static_cast<std::size_t>(i + p) * row.out_step * channels + c, sum[p]);
  return total;
}

// One output at one vector of channels; taps outside the row are left out.
template <int N>
inline Float<N> edge_pixel(const DepthwiseRow& row, int i, int c, Float<N> bias) {
  Float<N> sum = bias, other = {};  // two chains: the taps depend on each other otherwise
  bool odd = false;
  for (const Tap *tap = row.taps.data(), *end = tap + row.taps.size(); tap != end; ++tap) {
    const int column = i * row.in_step + tap->offset;
    if (column < 0 || column >= row.width) continue;
    const Float<N> value = load<N>(tap->row + static_cast<std::size_t>(column) * row.channels + c);
    const Float<N> weight = load<N>(tap->weights + c);
    if (odd) {
      other = multiply_add<N>(weight, value, other);
    } else {
      sum = multiply_add<N>(weight, value, sum);
    }
    odd = !odd;
  }
  return finish<N>(row, static_cast<std::size_t>(i) * row.out_step * row.channels + c, sum + other);
}

// The outputs [first, last) whose taps all lie inside the row.
struct Inner {
  int first, last;
};
inline Inner inner_outputs(const DepthwiseRow& row) {
  int low = 0, high = 0;
  for (const Tap *tap = row.taps.data(), *end = tap + row.taps.size(); tap != end; ++tap) {
    low = tap->offset < low ? tap->offset : low;
    high = tap->offset > high ? tap->offset : high;
  }
  int first = (-low + row.in_step - 1) / row.in_step;
  int last = row.width - high > 0 ? (row.width - high - 1) / row.in_step + 1 : 0;
  last = last < row.count ? last : row.count;
  first = first < last ? first : last;
  return {first, last};
}

// All outputs of the row at one vector of channels.
template <int N>
inline void depthwise_lane(const DepthwiseRow& row, Inner inner, int c) {
  const Float<N> bias = row.bias ? load<N>(row.bias + c) : Float<N>{};
  Float<N> total = {};
  int i = 0;
  for (; i < inner.first; ++i) total += edge_pixel<N>(row, i, c, bias);
  for (; i + 8 <= inner.last; i += 8) total += inner_pixels<N, 8>(row, i, c, bias);
  if (i + 4 <= inner.last) total += inner_pixels<N, 4>(row, i, c, bias), i += 4;
  if (i + 2 <= inner.last) total += inner_pixels<N, 2>(row, i, c, bias), i += 2;
  for (; i < row.count; ++i) total += edge_pixel<N>(row, i, c, bias);
  if (row.sums) store<N>(row.sums + c, total);
}

void depthwise_row(const DepthwiseRow& row) {
  const Inner inner = inner_outputs(row);
  for_lanes(static_cast<std::size_t>(row.channels),
            [&]<int N>(std::size_t c) { depthwise_lane<N>(row, inner, static_cast<int>(c)); });
}

// ---- the other kernels ---------------------------------------------------------------------------------------------

void swish(const float* in, float* out, std::size_t n) {
  for_lanes(n, [&]<int N>(std::size_t i) { store<N>(out + i, swish_of<N>(load<N>(in + i))); });
}

void add(const float* a, const float* b, float* out, std::size_t n) {
  for_lanes(n, [&]<int N>(std::size_t i) { store<N>(out + i, load<N>(a + i) + load<N>(b + i)); });
}

void scale(float* x, const float* gate, std::size_t positions, std::size_t channels) {
  for (std::size_t p = 0; p < positions; ++p, x += channels)
    for_lanes(channels, [&]<int N>(std::size_t c) { store<N>(x + c, load<N>(x + c) * load<N>(gate + c)); });
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

constexpr Kernels table(const char* name) {
  return {name,           depthwise_row,  swish,         add,
          scale,          affine_swish,   affine_swish_gradient,
          swish_gradient, gate_gradient,  squeeze_gradient, dot, add_scaled};
}

}  // namespace
}  // namespace effcam::nn
