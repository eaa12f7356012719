// What each instruction set's source file defines.
#pragma once

#include "nn/kernels.h"

namespace effcam::nn {

extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
void multiply_quantized_avx512_vnni(const QuantizedProduct& product);
#elif defined(__wasm_relaxed_simd__)
void multiply_quantized_dots(const QuantizedProduct& product);
#endif

}  // namespace effcam::nn
