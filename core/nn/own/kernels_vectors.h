// Vectors of floats for the kernels, and swish on them. Included by kernels_impl.h once for each instruction set: everything
// is in an anonymous namespace and calls no inline function from outside, so that no code of a wider instruction set can
// be merged into a narrower one's.
#pragma once

#include "nn/own/kernels.h"
#include "nn/own/kernels_table.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE__)
#include <immintrin.h>
#endif

namespace effcam::nn {
namespace {

// ---- vectors -------------------------------------------------------------------------------------------------------

constexpr int kLanes = EFFCAM_LANES;
// What works on registers must not become a call, which would pass them through memory; and GCC 12 has miscompiled such a
// call, cloned for constant vectors behind a reference.
#define EFFCAM_INLINE [[gnu::always_inline]] inline

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
// Whether store_past_caches can write at `to`, and at every multiple of `step` floats from there.
template <int N>
inline bool can_pass_caches([[maybe_unused]] const float* to, [[maybe_unused]] std::size_t step) {
#ifdef __AVX512F__
  constexpr std::size_t kBytes = N * sizeof(float);
  return N == 16 && reinterpret_cast<std::size_t>(to) % kBytes == 0 && step * sizeof(float) % kBytes == 0;
#else
  return false;
#endif
}
// A whole line of the cache that is not read before it is written, as others are.
template <int N>
inline void store_past_caches(float* to, Float<N> value) {
#ifdef __AVX512F__
  if constexpr (N == 16) return _mm512_stream_ps(to, (__m512)value);
#endif
  store<N>(to, value);
}
// What the optimiser must take as it is at this point. Emscripten's otherwise reorders a kernel's sums so that more values
// are alive than V8 has registers.
template <class T>
inline void pin([[maybe_unused]] T& value) {
#ifdef __wasm__
  asm volatile("" : "+r"(value));
#endif
}

// What a tile below this one will read: rows are shorter than what the processor takes for a stream. WebAssembly has no such
// instruction, and a read would wait for what is not in the first cache.
inline void prefetch([[maybe_unused]] const void* at) {
#ifndef __wasm__
  __builtin_prefetch(at);
#endif
}

// What will be read much later. WebAssembly reads it, whatever it is: now and then that costs less than the wait.
inline void prefetch_far(const float* at) {
#ifdef __wasm__
  static_cast<void>(*static_cast<const volatile float*>(at));
#else
  __builtin_prefetch(at, 0, 2);
#endif
}
// Whether prefetch_far may be told of all these floats: where it reads, nothing may lie behind the memory.
inline bool may_prefetch([[maybe_unused]] const float* from, [[maybe_unused]] std::size_t floats) {
#ifdef __wasm__
  constexpr std::size_t kPage = 65536;
  return reinterpret_cast<std::size_t>(from + floats) <= __builtin_wasm_memory_size(0) * kPage;
#else
  return true;
#endif
}

// Never true for a pointer into memory that exists, which no optimiser knows: `if (nowhere(at)) return;` ends what may be
// reordered by the compiler, by Binaryen and by V8. They make a tree of all of a sum's products otherwise, and spill what
// the others read.
inline bool nowhere([[maybe_unused]] const float*& at) {
#ifdef __wasm__
  pin(at);
  return at == nullptr;
#else
  return false;
#endif
}

// The first `count` < N floats, in as few pieces as can be.
template <int N>
EFFCAM_INLINE void copy_first(const float* from, float* to, int count) {
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
EFFCAM_INLINE void store_first(float* to, Float<N> value, int count) {
  float lanes[N];
  store<N>(lanes, value);
  copy_first<N>(lanes, to, count);
}
template <int N>
EFFCAM_INLINE Float<N> load_first(const float* from, int count) {
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
// c − a·b, likewise.
template <int N>
inline Float<N> subtract_product(Float<N> c, Float<N> a, Float<N> b) {
#ifdef __wasm_relaxed_simd__
  if constexpr (N == 4) return (Float<N>)wasm_f32x4_relaxed_nmadd((v128_t)a, (v128_t)b, (v128_t)c);
#endif
#ifdef __AVX512F__
  if constexpr (N == 16) return (Float<N>)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c);
#endif
#ifdef __FMA__
  if constexpr (N == 8) return (Float<N>)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c);
  if constexpr (N == 4) return (Float<N>)_mm_fnmadd_ps((__m128)a, (__m128)b, (__m128)c);
#endif
  return c - a * b;
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

// exp(−x) as a fraction: 2^n·p(f)/p(−f) with y = −x·log₂e, n = round(y), f = y − n, p(f) = f² + c·f + a. Of all such p this
// one is nearest to 2^f on [−½, ½] in relative terms (1.5e-6). It takes three multiply-adds, and its denominator no
// division of its own. What y is rounded by makes the relative error grow by 8e-8·|x|, a quarter of that where f comes from
// a fused multiply-add.
struct ExponentialConstants {
  using Lanes = const float[4];
  Lanes high = {84, 84, 84, 84}, low = {-84, -84, -84, -84};
  Lanes scale = {-1.44269504f, -1.44269504f, -1.44269504f, -1.44269504f};
  // 1.5·2^23: adding it leaves round(y) in the low bits of the mantissa
  Lanes round = {12582912, 12582912, 12582912, 12582912};
  Lanes a = {25.0800125f, 25.0800125f, 25.0800125f, 25.0800125f};
  Lanes c = {8.69192308f, 8.69192308f, 8.69192308f, 8.69192308f};
};
constexpr ExponentialConstants kExponential;

// The constants in registers. V8 makes a constant vector by several instructions each time that it is used: there they
// come from memory, once for all that a kernel computes by them.
template <int N>
struct Exponential {
  Float<N> high, low, scale, round, a, c;
};
template <int N>
inline Float<N> constant(const float (&value)[4]) {
#ifdef __wasm__
  if constexpr (N == 4) return load<N>(value);
#endif
  return all<N>(value[0]);
}
template <int N>
inline Exponential<N> exponential() {
  const ExponentialConstants* k = &kExponential;
  pin(k);
  return {constant<N>(k->high),  constant<N>(k->low), constant<N>(k->scale),
          constant<N>(k->round), constant<N>(k->a),   constant<N>(k->c)};
}

template <int N>
struct Fraction {
  Float<N> above, below;
};

template <int N>
EFFCAM_INLINE Fraction<N> exponential_of_minus(Float<N> x, const Exponential<N>& k) {
#ifdef __AVX512F__
  // Two instructions instead of six: what rounding takes away, and a product with a power of two that may overflow. Those
  // without a mask are made from a vector that GCC 12 takes for uninitialised.
  if constexpr (N == 16) {
    constexpr int kNearest = 8;
    const Float<N> y = x * k.scale, f = (Float<N>)_mm512_maskz_reduce_ps(0xffff, (__m512)y, kNearest);
    const Float<N> even = multiply_add<N>(f, f, k.a);
    const Float<N> p = multiply_add<N>(f, k.c, even);
    return {(Float<N>)_mm512_maskz_scalef_ps(0xffff, (__m512)p, (__m512)(y - f)), subtract_product<N>(even, f, k.c)};
  }
#endif
  const Float<N> within = most<N>(least<N>(x, k.high), k.low);
  const Float<N> t = multiply_add<N>(within, k.scale, k.round);
  const Float<N> f = multiply_add<N>(within, k.scale, k.round - t);
  const Float<N> even = multiply_add<N>(f, f, k.a);
  const Float<N> p = multiply_add<N>(f, k.c, even);
  using Int = typename Lanes<N>::Int;
  return {(Float<N>)((Int)p + ((Int)t << 23)),  // n goes to the exponent
          subtract_product<N>(even, f, k.c)};
}

// How x/y is made: a division of 16 floats takes as long as eight products on some processors, as thirty on others.
// `asked`: by what the processor has, at each division.
enum class Quotient { asked, division, estimate };

// x/y for y ≥ 2; y may be infinite.
template <int N, Quotient By = Quotient::asked>
EFFCAM_INLINE Float<N> quotient(Float<N> x, Float<N> y) {
#ifdef __AVX512F__
  if constexpr (N == 16 && By != Quotient::division) {
    if (By == Quotient::estimate || !divides_quickly) {  // to 14 bits, and a step of Newton's
      const Float<N> finite = least<N>(y, all<N>(0x1p126f));  // the estimate of a larger one is 0
      const Float<N> estimate = (Float<N>)_mm512_maskz_rcp14_ps(0xffff, (__m512)finite);
      return x * estimate * (2.0f - finite * estimate);
    }
  }
#endif
  return x / y;
}

template <int N>
EFFCAM_INLINE Float<N> sigmoid_of(Float<N> x, const Exponential<N>& k = exponential<N>()) {
  const Fraction<N> e = exponential_of_minus<N>(x, k);
  return quotient<N>(e.below, e.below + e.above);
}
template <int N, Quotient By = Quotient::asked>
EFFCAM_INLINE Float<N> swish_of(Float<N> x, const Exponential<N>& k = exponential<N>()) {
  const Fraction<N> e = exponential_of_minus<N>(x, k);
  return quotient<N, By>(x * e.below, e.below + e.above);
}

// A coarse swish: x·a/(a + b) with a near e^(x/2) and b near e^(−x/2): the floats whose bits are k above and below those of 1, where
// k = 2^23·log₂e·x/2 (Schraudolph, "A Fast, Compact Approximation of the Exponential Function", 1999). Each is right to 6 %,
// but their quotient to 1.1 %, as most of the error is the same in both.
struct CoarseConstants {
  float high[4] = {84, 84, 84, 84}, low[4] = {-84, -84, -84, -84};
  float scale[4] = {5909.27888f, 5909.27888f, 5909.27888f, 5909.27888f};  // 2^13·log₂e/2: k in steps of 2^10
  float round[4] = {12582912, 12582912, 12582912, 12582912};
  float one[4] = {1, 1, 1, 1};
};
constexpr CoarseConstants kCoarse;

template <int N>
struct Coarse {
  Float<N> high, low, scale, round;
  typename Lanes<N>::Int one;
};
template <int N>
inline Coarse<N> coarse() {
  const CoarseConstants* k = &kCoarse;
  pin(k);
  return {constant<N>(k->high), constant<N>(k->low), constant<N>(k->scale), constant<N>(k->round),
          (typename Lanes<N>::Int)constant<N>(k->one)};
}
template <int N>
EFFCAM_INLINE Float<N> swish_of(Float<N> x, const Coarse<N>& k) {
  using Int = typename Lanes<N>::Int;
  const Float<N> within = most<N>(least<N>(x, k.high), k.low);
  const Int bits = (Int)multiply_add<N>(within, k.scale, k.round) << 10;
  const Float<N> above = (Float<N>)(k.one + bits), below = (Float<N>)(k.one - bits);
  return x * quotient<N>(above, above + below);  // x·above could overflow
}

// Calls done(i, swish(values[i])) for each of some vectors. In WebAssembly they pass through memory, one after the other:
// with all of them in registers there would be none left for the constants.
template <int N, Quotient By, int Count, class Done>
EFFCAM_INLINE void swish_each_by(const Float<N> (&values)[Count], const Done& done) {
  const Float<N>* at = values;
  pin(at);
  Exponential<N> k = exponential<N>();
#ifdef __AVX512F__
  // What both quotients have in common must not be made before the choice between them: it has no registers there.
  if constexpr (N == 16) asm volatile("" : "+v"(k.scale));
#endif
#pragma GCC unroll 32
  for (int i = 0; i < Count; ++i) done(i, swish_of<N, By>(at[i], k));
}
template <int N, int Count, class Done>
EFFCAM_INLINE void swish_each(const Float<N> (&values)[Count], const Done& done) {
#ifdef __AVX512F__
  if (N == 16 && !divides_quickly) return swish_each_by<N, Quotient::estimate>(values, done);
#endif
  swish_each_by<N, Quotient::division>(values, done);
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
