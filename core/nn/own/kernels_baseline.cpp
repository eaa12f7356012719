// Four floats at once: SSE2, NEON, WebAssembly SIMD.
#define EFFCAM_LANES 4
#include "nn/own/kernels_impl.h"
#include "nn/own/kernels_table.h"

namespace effcam::nn {
#ifdef __wasm_relaxed_simd__
void multiply_quantized_dots(const QuantizedProduct& product) { multiply_dots(product); }
#endif
#ifdef __wasm__
const Kernels kBaselineKernels = table("WebAssembly SIMD");
#else
const Kernels kBaselineKernels = table("baseline");
#endif
}  // namespace effcam::nn
