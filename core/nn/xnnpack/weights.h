// Weights that XNNPACK packed once, for any number of operators. The sources of this folder are the only ones that include
// <xnnpack.h>.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"

struct xnn_operator;

namespace effcam::nn::xnnpack {

struct DeleteOperator {
  void operator()(xnn_operator* made) const;
};
// What XNNPACK has allocated for all operators of the process that there are: their descriptions, pointers to what a window
// reads, weights that they packed themselves. PackedWeights are not part of it.
[[nodiscard]] std::size_t operator_bytes();

// It holds its pointers, so no two threads can run one at the same time: whoever plans a pass makes one for each thread or
// task. Making one allocates; running it does not.
using Operator = std::unique_ptr<xnn_operator, DeleteOperator>;

struct FreeAligned {
  void operator()(float* memory) const;
};
// Floats from the start of a line of the cache, as packed weights must lie.
using AlignedFloats = std::unique_ptr<float[], FreeAligned>;
[[nodiscard]] AlignedFloats allocate_floats(std::size_t count);  // null: there is no memory

// A dense convolution's weights and biases, packed for the processor's kernels: in tiles of tile() outputs, tile after tile.
class PackedWeights {
 public:
  // Of a kernel × kernel convolution, or with kernel 1 of a matrix. weights: out × kernel × kernel × in (OHWI); bias: one an
  // output, or empty for none. Both may be freed afterwards. Errors: XNNPACK cannot run here; not enough memory.
  [[nodiscard]] static Result<PackedWeights> pack(int in, int out, int kernel, std::span<const float> weights,
                                                  std::span<const float> bias);

  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] int out() const { return out_; }
  [[nodiscard]] int kernel() const { return kernel_; }
  // Outputs that lie beside each other: some of the outputs begin at a multiple of it.
  [[nodiscard]] int tile() const { return tile_; }
  // Whether a tile is its biases and then, for each input, its weights, one after the other: what scales inputs may then be
  // multiplied into a copy of values(). (On some processors four inputs are interleaved.)
  [[nodiscard]] bool is_plain() const { return unit_ == 1; }
  [[nodiscard]] std::span<const float> values() const { return {values_.get(), count_}; }
  [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(float); }
  // Floats of a tile: tile() · (1 + kernel² · the inputs, rounded up to what is interleaved).
  [[nodiscard]] std::size_t tile_values() const;

 private:
  int in_ = 0, out_ = 0, kernel_ = 1, tile_ = 0, unit_ = 1;
  AlignedFloats values_;
  std::size_t count_ = 0;
};

// The outputs [first, first + count); `first` is a multiple of the weights' tile.
struct Outputs {
  int first, count;
};

}  // namespace effcam::nn::xnnpack
