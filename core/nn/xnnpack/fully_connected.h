// XNNPACK's fully connected operator, rows × in → rows × out.
#pragma once

#include "nn/xnnpack/weights.h"

namespace effcam::nn::xnnpack {

class FullyConnected {
 public:
  // Of `rows` rows that lie `in_stride` and `out_stride` floats apart. `packed`: as long as weights.values(), these or what
  // was made of them; it must outlive the operator, the weights need not. Errors: not enough memory.
  [[nodiscard]] static Result<FullyConnected> create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                                     std::size_t rows, std::size_t in_stride, std::size_t out_stride);
  // On this thread. `out`: where the first of the outputs goes.
  void run(const float* in, float* out) const;
  [[nodiscard]] double multiply_adds() const { return multiply_adds_; }  // of a run

 private:
  FullyConnected(Operator made, double multiply_adds) : operator_(std::move(made)), multiply_adds_(multiply_adds) {}
  Operator operator_;
  double multiply_adds_;
};

}  // namespace effcam::nn::xnnpack
