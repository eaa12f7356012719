// XNNPACK's fully connected operator, rows × in → rows × out: thin and RAII. The sources of this folder are the only ones
// that include <xnnpack.h>.
//
// An operator holds its pointers, so no two threads can run one at the same time: whoever plans a pass makes an operator for
// each task, all of which share the matrix that was packed once. Making one allocates; running it does not.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"

struct xnn_operator;

namespace effcam::nn::xnnpack {

struct FreeAligned {
  void operator()(float* memory) const;
};
// Floats from the start of a line of the cache, as packed weights must lie.
using AlignedFloats = std::unique_ptr<float[], FreeAligned>;
[[nodiscard]] AlignedFloats allocate_floats(std::size_t count);  // null: there is no memory

// A matrix and its biases, packed for the processor's kernels: in tiles of tile() outputs, tile after tile.
class PackedMatrix {
 public:
  // weights: out × in; bias: one an output, or empty for none. Both may be freed afterwards. Errors: XNNPACK cannot run
  // here; not enough memory.
  [[nodiscard]] static Result<PackedMatrix> pack(int in, int out, std::span<const float> weights,
                                                 std::span<const float> bias);

  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] int out() const { return out_; }
  // Outputs that lie beside each other: some of a matrix's outputs begin at a multiple of it.
  [[nodiscard]] int tile() const { return tile_; }
  // Whether a tile is its biases and then, for each input, its weights, one after the other: what scales inputs may then be
  // multiplied into a copy of values(). (On some processors four inputs are interleaved.)
  [[nodiscard]] bool is_plain() const { return unit_ == 1; }
  [[nodiscard]] std::span<const float> values() const { return {values_.get(), count_}; }
  [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(float); }
  // Floats of a tile: tile() · (1 + the inputs, rounded up to what is interleaved).
  [[nodiscard]] std::size_t tile_values() const;

 private:
  int in_ = 0, out_ = 0, tile_ = 0, unit_ = 1;
  AlignedFloats values_;
  std::size_t count_ = 0;
};

// The outputs [first, first + count); `first` is a multiple of the matrix's tile.
struct Outputs {
  int first, count;
};

class FullyConnected {
 public:
  // Of `rows` rows that lie `in_stride` and `out_stride` floats apart. `packed`: as long as matrix.values(), these or what
  // was made of them; it must outlive the operator, the matrix need not. Errors: not enough memory.
  [[nodiscard]] static Result<FullyConnected> create(const PackedMatrix& matrix, const float* packed, Outputs outputs,
                                                     std::size_t rows, std::size_t in_stride, std::size_t out_stride);
  // On this thread. `out`: where the first of the outputs goes.
  void run(const float* in, float* out) const;

 private:
  struct Delete {
    void operator()(xnn_operator* made) const;
  };
  explicit FullyConnected(xnn_operator* made) : operator_(made) {}
  std::unique_ptr<xnn_operator, Delete> operator_;
};

}  // namespace effcam::nn::xnnpack
