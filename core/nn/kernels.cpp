#include "nn/kernels.h"

#include <array>

#include "nn/kernels_table.h"

namespace effcam::nn {

namespace {

struct Available {
  std::array<const Kernels*, 3> tables{};
  std::size_t count = 0;

  Available() {
    tables[count++] = &kBaselineKernels;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables[count++] = &kAvx2Kernels;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
      tables[count++] = &kAvx512Kernels;
#endif
  }
};

const Available& available() {
  static const Available once;
  return once;
}

}  // namespace

std::span<const Kernels* const> all_kernels() { return {available().tables.data(), available().count}; }
const Kernels& kernels() { return *all_kernels().back(); }

}  // namespace effcam::nn
