// XNNPACK's fully connected operator, rows × in → rows × out.
#pragma once

#include <array>

#include "nn/xnnpack/tile.h"
#include "nn/xnnpack/weights.h"

namespace effcam::nn::xnnpack {

class FullyConnected {
 public:
  // Of `rows` rows that lie `in_stride` and `out_stride` floats apart. `packed`: as long as weights.values(), these or what
  // was made of them; it must outlive the operator, the weights need not. Errors: not enough memory.
  [[nodiscard]] static Result<FullyConnected> create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                                     std::size_t rows, std::size_t in_stride, std::size_t out_stride) {
    return create(weights, packed, outputs, divide_into_tiles(rows), in_stride, out_stride);
  }
  [[nodiscard]] static Result<FullyConnected> create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                                     const std::array<Tiles, 2>& rows, std::size_t in_stride,
                                                     std::size_t out_stride);
  // On this thread. `out`: where the first of the outputs goes.
  void run(const float* in, float* out) const;
  [[nodiscard]] double multiply_adds() const { return multiply_adds_; }  // of a run

 private:
  // Of rows in tiles of one height. The second may be none.
  struct Piece {
    Operator made;
    std::size_t in = 0, out = 0;  // where its rows begin, in floats
  };
  FullyConnected() = default;
  std::array<Piece, 2> pieces_;
  double multiply_adds_ = 0;
};

}  // namespace effcam::nn::xnnpack
