// The height of a tile of sums in the operators' kernels, where there is a choice.
#pragma once

namespace effcam::nn::xnnpack {

// Which height the operators have that are made from now on. In WebAssembly with relaxed SIMD there are tiles of 4 × 8 and of
// 5 × 8, of which neither is faster on all processors, and a processor cannot be asked which it is: it is measured, at the
// first call, the second, the fourth, and so on. Browsers compile quickly first and well later, and what is measured early
// says nothing about which is faster in the end. So whoever plans a pass asks again before each pass, and plans anew where the
// answer has changed; the values do not depend on it. Elsewhere the answer is always the same. One caller at a time.
[[nodiscard]] int tile_height();

}  // namespace effcam::nn::xnnpack
