#include "nn/dense_product.h"

#include <algorithm>

#include "nn/shape.h"

namespace effcam::nn {

namespace {

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// How a product is divided: into blocks of rows, and each block into slices of so many outputs.
struct Division {
  std::size_t blocks;
  int slice;
};

// An operator passes over all its weights for every few rows: they should stay in a core's second cache, so outputs are
// divided by the size of their weights. Rows are divided where several threads share them, and where even a slice's inputs
// would leave the caches; few rows are divided by outputs instead, as whoever shares rows reads all weights.
Division divide(const xnnpack::PackedWeights& matrix, std::size_t rows, int threads) {
  constexpr std::size_t kSliceBytes = 512 << 10, kBlockBytes = 2 << 20, kLeastRows = 32, kLeastSliceWeights = 16384;
  const std::size_t tile = matrix.tile(), tiles = divide_up(matrix.out(), tile);
  const std::size_t tile_bytes = matrix.tile_values() * sizeof(float);
  std::size_t slices = divide_up(tiles * tile_bytes, kSliceBytes);
  std::size_t blocks = divide_up(rows * matrix.in() * sizeof(float), kBlockBytes);
  if (threads > 1) {
    const std::size_t wanted = static_cast<std::size_t>(ThreadPool::kLeastTasks) * threads;
    const std::size_t most = std::max<std::size_t>(rows / kLeastRows, 1);
    blocks = std::max(blocks, std::min(divide_up(wanted, slices), most));
    if (blocks > 1) blocks = std::min(divide_up(blocks, threads) * threads, std::max<std::size_t>(rows / 2, 1));
    const std::size_t weights = static_cast<std::size_t>(matrix.in()) * matrix.out();
    slices = std::max(slices, std::min(divide_up(wanted, blocks), weights / kLeastSliceWeights));
  }
  slices = std::clamp<std::size_t>(slices, 1, tiles);
  return {std::max<std::size_t>(blocks, 1), static_cast<int>(divide_up(tiles, slices) * tile)};
}

}  // namespace

Status DenseProduct::plan(const xnnpack::PackedWeights& matrix, const float* packed, std::size_t rows, int threads) {
  in_ = matrix.in();
  out_ = matrix.out();
  tasks_.clear();
  const auto [blocks, slice] = divide(matrix, rows, threads);
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t row = part_begin(rows, block, blocks), count = part_begin(rows, block + 1, blocks) - row;
    for (int first = 0; first < matrix.out(); first += slice) {
      const int outputs = std::min(slice, matrix.out() - first);
      EFFCAM_TRY(xnnpack::FullyConnected product,
                 xnnpack::FullyConnected::create(matrix, packed, {first, outputs}, count, in_, out_));
      tasks_.push_back({std::move(product), row, count, first, outputs});
    }
  }
  return {};
}

void DenseProduct::run(const float* in, float* out, const Following& following, ThreadPool& pool) const {
  pool.parallel_for(tasks_.size(), [&](std::size_t i) {
    const Task& task = tasks_[i];
    task.product.run(in + task.row * in_, out + task.row * out_ + task.first);
    follow(following, {task.row * out_ + task.first, task.rows, static_cast<std::size_t>(task.count), out_}, out);
  });
}

double DenseProduct::xnnpack_multiply_adds() const {
  double sum = 0;
  for (const Task& task : tasks_) sum += task.product.multiply_adds();
  return sum;
}

}  // namespace effcam::nn
