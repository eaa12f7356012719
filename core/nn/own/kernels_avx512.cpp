// Compiled with -mavx512f and its companions; called only where the processor has them.
#if defined(__x86_64__)
#define EFFCAM_LANES 16
#include "nn/own/kernels_impl.h"
#include "nn/own/kernels_table.h"

namespace effcam::nn {
const Kernels kAvx512Kernels = table("AVX-512");
}
#endif
