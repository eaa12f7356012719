// A matrix in bytes, packed into panels for kernels().multiply_quantized, and the products of it. Each column has a
// scale of its own; the rows that it is multiplied by are quantised when they are there, each with its own range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/own/kernels.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// Which value of a row each byte of it is, as kernels().quantize writes them with `lanes`; −1: none, a zero.
[[nodiscard]] std::vector<int> quantized_order(int depth, int lanes);

// Quantised rows in memory that the caller lends: floats() of it.
struct QuantizedRows {
  std::size_t rows = 0;
  int depth = 0;
  std::uint8_t* values = nullptr;
  RowRange* ranges = nullptr;

  QuantizedRows() = default;
  QuantizedRows(std::size_t rows, int depth, float* memory);
  [[nodiscard]] std::size_t stride() const { return static_cast<std::size_t>(depth + 3) / 4 * 4; }  // in bytes
  [[nodiscard]] static std::size_t floats(std::size_t rows, int depth);
  // From rows × depth floats, times `gates`: one a value, the same for `rows_a_gate` rows, then the next; null: none.
  void fill(const float* in, const float* gates, std::size_t rows_a_gate, ThreadPool& pool) const;
};

class QuantizedPanels {
 public:
  QuantizedPanels() = default;
  // weights: columns × depth, as a convolution's are; bias: one a column, or empty for none. `table`: whose panels.
  QuantizedPanels(int depth, int columns, std::span<const float> weights, std::span<const float> bias,
                  const Kernels& table = kernels());

  [[nodiscard]] int depth() const { return depth_; }
  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] std::size_t weight_bytes() const { return weights_.size() + 3 * bias_.size() * sizeof(float); }

  // The product of the rows from `row` on that makes the columns [first, first + count) of `out`, which starts at column
  // `first`; `first` is a multiple of the table's panel. How many rows, and where they go, is the caller's to set.
  [[nodiscard]] QuantizedProduct product(const QuantizedRows& rows, std::size_t row, int first, int count) const;

 private:
  void pack_column(int column, std::span<const float> weights, std::span<const int> order, std::int8_t* to,
                   std::size_t step);

  int depth_ = 0, columns_ = 0;
  std::vector<std::int8_t> weights_;
  std::vector<float> scales_, sums_, bias_;
};

// Over the pool's threads.
void multiply(const QuantizedProduct& product, ThreadPool& pool);

}  // namespace effcam::nn
