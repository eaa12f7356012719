// A product of quantised panels, divided among threads.
#pragma once

#include <algorithm>
#include <cstddef>

#include "nn/own/kernels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// Some of a product's rows and some of its panels.
inline QuantizedProduct piece_of(const QuantizedProduct& whole, std::size_t row, std::size_t rows, int column, int columns) {
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
  std::size_t blocks, groups;
};

// Rows are divided first, and so that what a thread reads of them stays in its core's second cache while all panels pass
// over it. Whoever shares rows with others reads all weights, so few rows are divided by panels; and so is what would leave
// each thread few tasks.
inline Division divide_product(std::size_t rows, std::size_t row_bytes, std::size_t panels, std::size_t threads) {
  constexpr std::size_t kBlockBytes = 192 << 10, kLeastTasks = ThreadPool::kLeastTasks;
  constexpr std::size_t kLeastRows = 32;  // fewer, and reading the weights costs more than the sums
  const auto divide_up = [](std::size_t a, std::size_t b) { return (a + b - 1) / b; };
  std::size_t blocks = divide_up(rows, std::max(kBlockBytes / row_bytes, kLeastRows));
  // A number that is the same for each thread, where the blocks stay as large as they need to be or hardly grow.
  if (threads > 1 && rows >= threads * kLeastRows) {
    const std::size_t fewer = blocks / threads * threads;
    blocks = fewer > 0 && 2 * blocks <= 3 * fewer ? fewer : divide_up(blocks, threads) * threads;
  }
  return {blocks, threads == 1 ? 1 : std::clamp<std::size_t>(divide_up(kLeastTasks * threads, blocks), 1, panels)};
}

// Calls run(piece) for pieces that together are `product`, of panels so wide, over the pool's threads. `row_bytes`: of a
// row, what is read while all panels pass over it.
template <class Run>
void for_pieces(const QuantizedProduct& product, int panel, std::size_t row_bytes, ThreadPool& pool, const Run& run) {
  const std::size_t panels = (product.columns + panel - 1) / panel;
  const Division division = divide_product(product.rows, row_bytes, panels, pool.threads());
  pool.parallel_for(division.blocks * division.groups, [&](std::size_t task) {
    const std::size_t block = task / division.groups, group = task % division.groups;
    const std::size_t row = part_begin(product.rows, block, division.blocks);
    const std::size_t rows = part_begin(product.rows, block + 1, division.blocks) - row;
    const int column = static_cast<int>(part_begin(panels, group, division.groups)) * panel;
    const int last = std::min(static_cast<int>(part_begin(panels, group + 1, division.groups)) * panel, product.columns);
    run(piece_of(product, row, rows, column, last - column));
  });
}

}  // namespace effcam::nn
