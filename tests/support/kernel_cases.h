// One comparison of a kernel or an operator with its scalar reference, at one shape: for the unit tests, which go over many
// shapes, and for the fuzzer, which looks for others. Buffers are as long as their tensors, so that the sanitizers see what
// is read or written past an end. Each returns what differs, or nothing.
#pragma once

#include <string>

#include "nn/own/kernels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"
#include "support/nn_reference.h"

namespace effcam::test {

// Of rows and weights in int8: quantised by the kernel, multiplied, and compared with what scalar code makes of the same.
struct QuantizedCase {
  int rows = 1, depth = 1, columns = 1;
  bool residual = false, gated = false;
  unsigned seed = 0;
};
[[nodiscard]] std::string difference(const nn::Kernels& kernels, const QuantizedCase& c);
// A product's weights out of their panels, column by column: `least` 0.
[[nodiscard]] Bytes packed_weights(const nn::QuantizedProduct& product, int depth, const nn::Kernels& kernels);

struct LineCase {
  int kernel = 3, stride = 1, count = 1, channels = 1;
  int lines = 1;  // rows of the window that are not padding, at most `kernel`
  bool keeps_pre = false;
  unsigned seed = 0;
  bool coarse = false, past_caches = false;
};
[[nodiscard]] std::string difference(const nn::Kernels& kernels, const LineCase& c);

struct ConvolutionCase {
  nn::Shape input;
  nn::Window window;  // of a 1×1 convolution: {}
  int out = 1;
  bool swish = false, residual = false, gated = false;  // gated: only where the convolution gates its weights
  unsigned seed = 0;
};
[[nodiscard]] std::string difference(nn::ThreadPool& pool, const ConvolutionCase& c);

// Of a dense convolution by its input.
struct GradientCase {
  nn::Shape input;
  nn::Window window;
  int out = 1;
  unsigned seed = 0;
};
[[nodiscard]] std::string difference(nn::ThreadPool& pool, const GradientCase& c);

struct BlockCase {
  nn::Shape input;
  nn::Window window;  // of the depthwise convolution: 3 or 5 wide, stride 1 or 2
  int wide = 0;       // channels of the expansion; 0: there is none
  bool keeps_pre = false;
  unsigned seed = 0;
  bool quantized = false;  // the expansion is in int8
};
[[nodiscard]] std::string difference(nn::ThreadPool& pool, const BlockCase& c);

}  // namespace effcam::test
