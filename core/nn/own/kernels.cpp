#include "nn/own/kernels.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>

#include "base/stopwatch.h"
#include "nn/own/kernels_table.h"

namespace effcam::nn {

#if defined(__x86_64__)
bool divides_quickly = __builtin_cpu_is("amd");
#endif

namespace {

[[maybe_unused]] Kernels with_quantized(const Kernels& table, const char* name, void (*multiply)(const QuantizedProduct&)) {
  Kernels changed = table;
  changed.name = name;
  changed.multiply_quantized = multiply;
  return changed;
}

#if defined(__x86_64__)

struct Available {
  std::array<const Kernels*, 4> tables{};
  std::size_t count = 0;
  Kernels vnni = with_quantized(kAvx512Kernels, "AVX-512 VNNI", multiply_quantized_avx512_vnni);

  Available() {
    tables[count++] = &kBaselineKernels;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables[count++] = &kAvx2Kernels;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw"))
      return;
    tables[count++] = &kAvx512Kernels;
    if (__builtin_cpu_supports("avx512vnni")) tables[count++] = &vnni;
  }
  Available(const Available&) = delete;
};

#elif defined(__wasm_relaxed_simd__)

using MultiplyQuantized = void (*)(const QuantizedProduct&);

// The least time of a few products, in milliseconds.
double time_of(MultiplyQuantized multiply) {
  constexpr int kRows = 12, kDepth = 256, kColumns = 8, kTimes = 100, kRuns = 4;
  static const std::array<std::uint8_t, kRows * kDepth> in{};
  static const std::array<std::int8_t, kDepth * kColumns> weights{};
  static const std::array<float, kColumns> floats{};
  static const std::array<RowRange, kRows> ranges{};
  std::array<float, kRows * kColumns> out;
  const QuantizedProduct product{.in = in.data(), .in_stride = kDepth, .ranges = ranges.data(), .rows = kRows, .depth = kDepth,
                                 .columns = kColumns, .weights = weights.data(), .scales = floats.data(),
                                 .sums = floats.data(), .bias = floats.data(), .out = out.data(), .out_stride = kColumns};
  double least = 1e9;
  for (int run = 0; run < kRuns; ++run) {
    const Stopwatch watch;
    for (int i = 0; i < kTimes; ++i) multiply(product);
    least = std::min(least, watch.milliseconds());
  }
  return least;
}

// Whether a dot product of bytes is one instruction of this processor cannot be asked in WebAssembly; it is measured. The
// answers are the same.
std::atomic<MultiplyQuantized> fastest_quantized = kBaselineKernels.multiply_quantized;
void multiply_quantized_fastest(const QuantizedProduct& product) {
  fastest_quantized.load(std::memory_order_relaxed)(product);
}

struct Available {
  Kernels dots = with_quantized(kBaselineKernels, kBaselineKernels.name, multiply_quantized_dots);
  Kernels fastest = with_quantized(kBaselineKernels, kBaselineKernels.name, multiply_quantized_fastest);
  std::array<const Kernels*, 3> tables{&kBaselineKernels, &dots, &fastest};
  std::size_t count = 3;

  Available() = default;
  Available(const Available&) = delete;
};

#else

struct Available {
  std::array<const Kernels*, 1> tables{&kBaselineKernels};
  std::size_t count = 1;
};

#endif

const Available& available() {
  static const Available once;
  return once;
}

}  // namespace

std::span<const Kernels* const> all_kernels() { return {available().tables.data(), available().count}; }
const Kernels& kernels() { return *all_kernels().back(); }

void before_quantized_pass() {
#ifdef __wasm_relaxed_simd__
  // Browsers compile quickly first and well later, each function when it has run for a while: what is measured early says
  // nothing about which is faster in the end. So it is measured before the first pass, the second, the fourth, and so on.
  constexpr unsigned kLastPass = 64;
  static unsigned passes = 0;
  static double dots = 1e9, pairs = 1e9;
  if (passes >= kLastPass || !std::has_single_bit(++passes)) return;
  dots = std::min(dots, time_of(multiply_quantized_dots));
  pairs = std::min(pairs, time_of(kBaselineKernels.multiply_quantized));
  fastest_quantized = dots < pairs ? multiply_quantized_dots : kBaselineKernels.multiply_quantized;
#endif
}

}  // namespace effcam::nn
