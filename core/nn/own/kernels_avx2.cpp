// Compiled with -mavx2 -mfma; called only where the processor has both.
#if defined(__x86_64__)
#define EFFCAM_LANES 8
#include "nn/own/kernels_impl.h"
#include "nn/own/kernels_table.h"

namespace effcam::nn {
const Kernels kAvx2Kernels = table("AVX2");
}
#endif
