// The tables that each instruction set's source file defines.
#pragma once

#include "nn/kernels.h"

namespace effcam::nn {

extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

}  // namespace effcam::nn
