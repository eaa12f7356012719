// What each instruction set's source file defines, and what it has to know of the processor.
#pragma once

#include "nn/own/kernels.h"

namespace effcam::nn {

extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
void multiply_quantized_avx512_vnni(const QuantizedProduct& product);
// Whether a division of sixteen floats takes no longer than the products that could replace it, as on AMD's processors. Only
// tests change it.
extern bool divides_quickly;
#elif defined(__wasm_relaxed_simd__)
void multiply_quantized_dots(const QuantizedProduct& product);
#endif

}  // namespace effcam::nn
