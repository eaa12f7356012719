// A matrix packed into panels for kernels().multiply, and the products of it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nn/kernels.h"

namespace effcam::nn {

class Panels {
 public:
  Panels() = default;
  // weights: columns × depth, as a convolution's are; bias: one a column, or empty for none. `table`: whose panels.
  Panels(int depth, int columns, std::span<const float> weights, std::span<const float> bias,
         const Kernels& table = kernels());

  // Whose panels they are: its kernels multiply and scale them.
  [[nodiscard]] const Kernels& table() const { return *table_; }
  [[nodiscard]] int depth() const { return depth_; }
  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] std::span<const float> weights() const { return weights_; }
  [[nodiscard]] std::size_t weight_bytes() const { return (weights_.size() + bias_.size()) * sizeof(float); }

  // The product that makes the columns [first, first + count) of `out`, which starts at column `first`; `first` is a
  // multiple of the table's panel. What the rows are, and what follows, is the caller's to set.
  [[nodiscard]] Product product(int first, int count) const;

 private:
  const Kernels* table_ = nullptr;
  int depth_ = 0, columns_ = 0;
  std::vector<float> weights_, bias_;
};

}  // namespace effcam::nn
