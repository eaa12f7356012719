// A product of panels, divided among threads: the same for floats and for quantised values.
#pragma once

#include <algorithm>
#include <cstddef>

#include "nn/kernels.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// Some of a product's rows and some of its panels.
template <class P>
P piece_of(const P& whole, int row, int rows, int column, int columns) {
  P part = whole;
  part.rows = rows;
  part.columns = columns;
  part.in += row * whole.in_stride;
  part.weights += static_cast<std::size_t>(column) * whole.depth;
  part.bias += column;
  if constexpr (requires { part.ranges; }) {
    part.ranges += row;
    part.scales += column;
    part.sums += column;
  }
  const std::size_t at = row * whole.out_stride + column;
  part.out += at;
  if (whole.residual) part.residual += at;
  return part;
}

// Calls run(piece) for pieces that together are `product`, over the pool's threads.
template <class P, class Run>
void for_pieces(const P& product, ThreadPool& pool, const Run& run) {
  // The rows whose part of the input stays in a core's second cache while all panels pass over it.
  constexpr std::size_t kBlockBytes = 192 << 10;
  constexpr int kLeastRows = 32;  // fewer, and reading the weights costs more than the sums
  const auto divide_up = [](int a, int b) { return (a + b - 1) / b; };
  const int panel = kernels().panel, panels = divide_up(product.columns, panel), threads = pool.threads();
  const auto fitting = static_cast<int>(kBlockBytes / (product.in_stride * sizeof(*product.in)));
  int blocks = divide_up(product.rows, std::max(fitting, kLeastRows));
  // Threads share the rows where there are many, else the panels.
  if (threads > 1 && product.rows >= 2 * threads * kLeastRows)
    blocks = divide_up(std::max(blocks, threads), threads) * threads;
  const int groups = blocks >= threads ? 1 : std::min(panels, 4 * threads);
  pool.parallel_for(static_cast<std::size_t>(blocks) * groups, [&](std::size_t task) {
    const int block = static_cast<int>(task) % blocks, group = static_cast<int>(task) / blocks;
    const int row = product.rows * block / blocks, end = product.rows * (block + 1) / blocks;
    const int column = panels * group / groups * panel;
    const int last = std::min(panels * (group + 1) / groups * panel, product.columns);
    run(piece_of(product, row, end - row, column, last - column));
  });
}

}  // namespace effcam::nn
