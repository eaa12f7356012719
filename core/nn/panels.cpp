#include "nn/panels.h"

#include <algorithm>

#include "base/result.h"

namespace effcam::nn {

Panels::Panels(int depth, int columns, std::span<const float> weights, std::span<const float> bias,
               const Kernels& table)
    : depth_(depth), columns_(columns) {
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

namespace {

// The rows whose part of the input stays in a core's second cache while all panels pass over it.
constexpr std::size_t kBlockBytes = 192 << 10;

// A piece of a product: some of its rows and some of its panels.
Product piece(const Product& whole, int row, int rows, int column, int columns) {
  Product part = whole;
  part.rows = rows;
  part.columns = columns;
  part.in += row * whole.in_stride;
  part.weights += static_cast<std::size_t>(column) * whole.depth;
  part.bias += column;
  const std::size_t at = row * whole.out_stride + column;
  part.out += at;
  if (whole.residual) part.residual += at;
  return part;
}

int divide_up(int a, int b) { return (a + b - 1) / b; }

}  // namespace

void multiply(const Product& product, ThreadPool& pool) {
  constexpr int kLeastRows = 32;  // fewer, and reading the weights costs more than the sums
  const int panel = kernels().panel, panels = divide_up(product.columns, panel), threads = pool.threads();
  const auto fitting = static_cast<int>(kBlockBytes / (product.in_stride * sizeof(float)));
  int blocks = divide_up(product.rows, std::max(fitting, kLeastRows));
  // Threads share the rows where there are many, else the panels.
  if (threads > 1 && product.rows >= 2 * threads * kLeastRows) blocks = divide_up(std::max(blocks, threads), threads) * threads;
  const int groups = blocks >= threads ? 1 : std::min(panels, 4 * threads);
  pool.parallel_for(static_cast<std::size_t>(blocks) * groups, [&](std::size_t task) {
    const int block = static_cast<int>(task) % blocks, group = static_cast<int>(task) / blocks;
    const int row = product.rows * block / blocks, end = product.rows * (block + 1) / blocks;
    const int column = panels * group / groups * panel;
    const int last = std::min(panels * (group + 1) / groups * panel, product.columns);
    kernels().multiply(piece(product, row, end - row, column, last - column));
  });
}

}  // namespace effcam::nn
