// Vectors of floats for the kernels, and swish on them. Included by kernels_impl.h once for each instruction set: everything
// is in an anonymous namespace and calls no inline function from outside, so that no code of a wider instruction set can
// be merged into a narrower one's.
#pragma once

#include "nn/kernels.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE__)
#include <immintrin.h>
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
// What the optimiser must take as it is at this point. Emscripten's otherwise reorders a kernel's sums so that more values
// are alive than V8 has registers.
template <class T>
inline void pin([[maybe_unused]] T& value) {
#ifdef __wasm__
  asm volatile("" : "+r"(value));
#endif
}

// The first `count` < N floats, in as few pieces as can be.
template <int N>
inline void copy_first(const float* from, float* to, int count) {
  if constexpr (N > 1) {
    constexpr int kHalf = N / 2;
    if (count & kHalf) {
      store<kHalf>(to, load<kHalf>(from));
      from += kHalf;
      to += kHalf;
    }
    copy_first<kHalf>(from, to, count);
  }
}
// Some of the lanes: for what lies behind the last whole vector.
template <int N>
inline void store_first(float* to, Float<N> value, int count) {
  float lanes[N];
  store<N>(lanes, value);
  copy_first<N>(lanes, to, count);
}
template <int N>
inline Float<N> load_first(const float* from, int count) {
  float lanes[N] = {};
  copy_first<N>(from, lanes, count);
  return load<N>(lanes);
}
template <int N>
inline Float<N> all(float value) {
  return value - Float<N>{};  // a splat that both compilers know; −0 stays −0 − 0 = −0
}
// a·b + c, fused where the instruction set can.
template <int N>
inline Float<N> multiply_add(Float<N> a, Float<N> b, Float<N> c) {
#ifdef __wasm_relaxed_simd__
  if constexpr (N == 4) return (Float<N>)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#endif
#ifdef __AVX512F__
  if constexpr (N == 16) return (Float<N>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#endif
#ifdef __FMA__
  if constexpr (N == 8) return (Float<N>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  if constexpr (N == 4) return (Float<N>)_mm_fmadd_ps((__m128)a, (__m128)b, (__m128)c);
#endif
  return a * b + c;
}
// The smaller and the larger. (x < y ? x : y becomes a comparison and a choice where the compiler minds what is not a
// number.)
template <int N>
inline Float<N> least(Float<N> x, Float<N> y) {
#ifdef __wasm_simd128__
  if constexpr (N == 4) return (Float<N>)wasm_f32x4_pmin((v128_t)x, (v128_t)y);
#endif
#ifdef __AVX512F__
  if constexpr (N == 16) return (Float<N>)_mm512_maskz_min_ps(0xffff, (__m512)x, (__m512)y);
#endif
#ifdef __AVX__
  if constexpr (N == 8) return (Float<N>)_mm256_min_ps((__m256)x, (__m256)y);
#endif
#ifdef __SSE__
  if constexpr (N == 4) return (Float<N>)_mm_min_ps((__m128)x, (__m128)y);
#endif
  return x < y ? x : y;
}
template <int N>
inline Float<N> most(Float<N> x, Float<N> y) {
#ifdef __wasm_simd128__
  if constexpr (N == 4) return (Float<N>)wasm_f32x4_pmax((v128_t)x, (v128_t)y);
#endif
#ifdef __AVX512F__
  if constexpr (N == 16) return (Float<N>)_mm512_maskz_max_ps(0xffff, (__m512)x, (__m512)y);
#endif
#ifdef __AVX__
  if constexpr (N == 8) return (Float<N>)_mm256_max_ps((__m256)x, (__m256)y);
#endif
#ifdef __SSE__
  if constexpr (N == 4) return (Float<N>)_mm_max_ps((__m128)x, (__m128)y);
#endif
  return x > y ? x : y;
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

// exp(−x): 2^n·p(f) with y = −x·log₂e, n = round(y), f = y − n; p is the polynomial of degree 5 that is nearest to 2^f on
// [−½, ½] in relative terms (7.5e-8), summed by halves so that fewer operations wait for each other. What y is rounded by
// makes the relative error grow as |x|: 6e-8·|x|.
struct Exponential {
  using Constant = const float[4];
  Constant scale = {-1.44269504f, -1.44269504f, -1.44269504f, -1.44269504f};
  Constant high = {126, 126, 126, 126}, low = {-126, -126, -126, -126};
  // 1.5·2^23: adding it leaves round(y) in the low bits of the mantissa
  Constant round = {12582912, 12582912, 12582912, 12582912};
  Constant p5 = {1.3276472e-3f, 1.3276472e-3f, 1.3276472e-3f, 1.3276472e-3f};
  Constant p4 = {9.675541e-3f, 9.675541e-3f, 9.675541e-3f, 9.675541e-3f};
  Constant p3 = {5.550713e-2f, 5.550713e-2f, 5.550713e-2f, 5.550713e-2f};
  Constant p2 = {2.402212e-1f, 2.402212e-1f, 2.402212e-1f, 2.402212e-1f};
  Constant p1 = {6.9314694e-1f, 6.9314694e-1f, 6.9314694e-1f, 6.9314694e-1f};
  Constant p0 = {1.0000001f, 1.0000001f, 1.0000001f, 1.0000001f};
  Constant one = {1, 1, 1, 1};
};
constexpr Exponential kExponential;

// V8 makes a constant vector by several instructions each time that it is used: a kernel takes them from memory instead.
inline const Exponential& exponential() {
  const Exponential* constants = &kExponential;
  pin(constants);
  return *constants;
}
template <int N>
inline Float<N> constant(const float (&value)[4]) {
#ifdef __wasm__
  if constexpr (N == 4) return load<N>(value);
#endif
  return all<N>(value[0]);
}

template <int N>
inline Float<N> exponential_of_minus(Float<N> x, const Exponential& k) {
  const Float<N> y = most<N>(least<N>(x * constant<N>(k.scale), constant<N>(k.high)), constant<N>(k.low));
  const Float<N> t = y + constant<N>(k.round);
  const Float<N> f = y - (t - constant<N>(k.round));
  const Float<N> square = f * f;
  const Float<N> low = multiply_add<N>(constant<N>(k.p1), f, constant<N>(k.p0));
  const Float<N> middle = multiply_add<N>(constant<N>(k.p3), f, constant<N>(k.p2));
  const Float<N> high = multiply_add<N>(constant<N>(k.p5), f, constant<N>(k.p4));
  const Float<N> p = multiply_add<N>(multiply_add<N>(high, square, middle), square, low);
  using Int = typename Lanes<N>::Int;
  return (Float<N>)((Int)p + ((Int)t << 23));  // n goes to the exponent
}

// x/y for 1 ≤ y ≤ 2^126.
template <int N>
inline Float<N> quotient(Float<N> x, Float<N> y) {
#ifdef __AVX512F__
  // A division of 16 floats takes as long as thirty products: an estimate to 14 bits and a step of Newton's instead.
  if constexpr (N == 16) {
    const Float<N> estimate = (Float<N>)_mm512_maskz_rcp14_ps(0xffff, (__m512)y);
    return x * estimate * (2.0f - y * estimate);
  }
#endif
  return x / y;
}

template <int N>
inline Float<N> sigmoid_of(Float<N> x, const Exponential& k = kExponential) {
  return quotient<N>(constant<N>(k.one), constant<N>(k.one) + exponential_of_minus<N>(x, k));
}
template <int N>
inline Float<N> swish_of(Float<N> x, const Exponential& k = kExponential) {
  return quotient<N>(x, constant<N>(k.one) + exponential_of_minus<N>(x, k));
}
// swish'(u) = σ(u)·(1 + u·(1 − σ(u)))
template <int N>
inline Float<N> swish_slope(Float<N> u) {
  const Float<N> s = sigmoid_of<N>(u);
  return s * (1.0f + u * (1.0f - s));
}
template <int N>
inline Float<N> through_swish(Float<N> g, Float<N> u, SwishRule rule) {
  const Float<N> passed = g * swish_slope<N>(u);
  if (rule == SwishRule::plain) return passed;
  const Float<N> zero = {};
  return g > zero ? (u > zero ? passed : zero) : zero;
}

}  // namespace
}  // namespace effcam::nn
