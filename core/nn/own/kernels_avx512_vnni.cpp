// AVX-512 with VNNI's dot products of bytes: all kernels of AVX-512 but one. Compiled with -mavx512vnni.
#if defined(__x86_64__)
#define EFFCAM_LANES 16
#include "nn/own/kernels_quantized.h"
#include "nn/own/kernels_table.h"

namespace effcam::nn {
void multiply_quantized_avx512_vnni(const QuantizedProduct& product) { multiply_dots(product); }
}  // namespace effcam::nn
#endif
