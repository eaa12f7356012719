// A product of quantised panels, divided among threads.
#pragma once

#include <algorithm>
#include <cstddef>

#include "nn/kernels.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// Some of a product's rows and some of its panels.
inline QuantizedProduct piece_of(const QuantizedProduct& whole, int row, int rows, int column, int columns) {
  QuantizedProduct part = whole;
  part.rows = rows;
  part.columns = columns;
  part.in += row * whole.in_stride;
  part.ranges += row;
  part.weights += static_cast<std::size_t>(column) * whole.depth;
  part.scales += column;
  part.sums += column;
  part.bias += column;
  const std::size_t at = row * whole.out_stride + column;
  part.out += at;
  if (whole.residual) part.residual += at;
  return part;
}

// How a product is divided: into blocks of its rows, and each block into groups of panels.
struct Division {
  int blocks, groups;
};

// Rows are divided first, and so that what a thread reads of them stays in its core's second cache while all panels pass
// over it. Whoever shares rows with others reads all weights, so few rows are divided by panels; and so is what would leave
// each thread few tasks.
inline Division divide_product(int rows, std::size_t row_bytes, int panels, int threads) {
  constexpr std::size_t kBlockBytes = 192 << 10;
  constexpr int kLeastRows = 32;  // fewer, and reading the weights costs more than the sums
  const auto divide_up = [](int a, int b) { return (a + b - 1) / b; };
  int blocks = divide_up(rows, std::max(static_cast<int>(kBlockBytes / row_bytes), kLeastRows));
  // A number that is the same for each thread, where the blocks stay as large as they need to be or hardly grow.
  if (threads > 1 && rows >= threads * kLeastRows) {
    const int fewer = blocks / threads * threads;
    blocks = fewer > 0 && 2 * blocks <= 3 * fewer ? fewer : divide_up(blocks, threads) * threads;
  }
  return {blocks, threads == 1 ? 1 : std::clamp(divide_up(ThreadPool::kLeastTasks * threads, blocks), 1, panels)};
}

// Calls run(piece) for pieces that together are `product`, of panels so wide, over the pool's threads. `row_bytes`: of a
// row, what is read while all panels pass over it.
template <class Run>
void for_pieces(const QuantizedProduct& product, int panel, std::size_t row_bytes, ThreadPool& pool, const Run& run) {
  const int panels = (product.columns + panel - 1) / panel;
  const auto [blocks, groups] = divide_product(product.rows, row_bytes, panels, pool.threads());
  pool.parallel_for(static_cast<std::size_t>(blocks) * groups, [&](std::size_t task) {
    const int block = static_cast<int>(task) / groups, group = static_cast<int>(task) % groups;
    const int row = product.rows * block / blocks, end = product.rows * (block + 1) / blocks;
    const int column = panels * group / groups * panel;
    const int last = std::min(panels * (group + 1) / groups * panel, product.columns);
    run(piece_of(product, row, end - row, column, last - column));
  });
}

}  // namespace effcam::nn
