#include "nn/panels.h"

#include <algorithm>

#include "base/result.h"

namespace effcam::nn {

Panels::Panels(int depth, int columns, std::span<const float> weights, std::span<const float> bias,
               const Kernels& table)
    : table_(&table), depth_(depth), columns_(columns) {
  EFFCAM_CHECK(weights.size() == static_cast<std::size_t>(depth) * columns);
  const int padded = (columns + table.lanes - 1) / table.lanes * table.lanes;
  weights_.resize(static_cast<std::size_t>(depth) * padded);
  bias_.resize(padded);
  std::ranges::copy(bias, bias_.begin());
  for (int first = 0; first < padded; first += table.panel) {
    const int width = std::min(table.panel, padded - first);
    float* panel = weights_.data() + static_cast<std::size_t>(first) * depth;
    for (int i = 0; i < std::min(width, columns - first); ++i)
      for (int k = 0; k < depth; ++k)
        panel[static_cast<std::size_t>(k) * width + i] = weights[static_cast<std::size_t>(first + i) * depth + k];
  }
}

Product Panels::product(int first, int count) const {
  return {.in_stride = static_cast<std::size_t>(depth_),
          .depth = depth_,
          .columns = count,
          .weights = weights_.data() + static_cast<std::size_t>(first) * depth_,
          .bias = bias_.data() + first,
          .out_stride = static_cast<std::size_t>(columns_)};
}

}  // namespace effcam::nn
