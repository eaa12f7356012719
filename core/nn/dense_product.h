// A product of rows by a packed matrix, XNNPACK's, divided into tasks for a pool's threads: each an operator on some of the
// rows and some of the outputs. What follows the sums is done on a task's outputs while they are in the cache.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "nn/following.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/fully_connected.h"

namespace effcam::nn {

class DenseProduct {
 public:
  // Makes the operators for `rows` rows as they lie in memory. `packed` as in FullyConnected::create. Both must outlive the
  // product. Errors: not enough memory.
  [[nodiscard]] Status plan(const xnnpack::PackedWeights& matrix, const float* packed, std::size_t rows, int threads);
  // rows × in → rows × out. The bits do not depend on the number of threads.
  void run(const float* in, float* out, const Following& following, ThreadPool& pool) const;
  [[nodiscard]] double xnnpack_multiply_adds() const;  // of a run

 private:
  struct Task {
    xnnpack::FullyConnected product;
    std::size_t row, rows;
    int first, count;  // outputs
  };

  std::size_t in_ = 0, out_ = 0;
  std::vector<Task> tasks_;
};

}  // namespace effcam::nn
