// A convolution through a window, XNNPACK's, divided into tasks for a pool's threads: each an operator on a band of output
// rows of one image and some of the outputs. What follows the sums is done on a task's outputs while they are in the cache.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "nn/following.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/convolution.h"

namespace effcam::nn {

class WindowedProduct {
 public:
  // Makes the operators for `input` (its channels the weights'). The weights must outlive the product. `output`: as
  // output_of(window, input, the weights' outputs). Errors: not enough memory.
  [[nodiscard]] Status plan(const xnnpack::PackedWeights& weights, const Window& window, const Shape& input,
                            const Shape& output, int threads);
  // The bits do not depend on the number of threads.
  void run(const float* in, float* out, const Following& following, ThreadPool& pool) const;
  [[nodiscard]] double xnnpack_multiply_adds() const;  // of a run

 private:
  // What a band of output rows is made of. Bands of one geometry share a thread's operators.
  struct Geometry {
    int rows, top, bottom;  // input rows; pads
    bool operator==(const Geometry&) const = default;
  };
  struct Band {
    int first_row, rows;     // of the output
    int first_input_row;
    std::size_t geometry;
  };
  void divide(const xnnpack::PackedWeights& weights, int threads);
  void add_band(int first, int last);
  [[nodiscard]] int slices() const { return (output_.channels + slice_ - 1) / slice_; }

  Window window_;
  Shape input_, output_;
  int slice_ = 0;  // outputs of a task
  std::vector<Band> bands_;  // of an image
  std::vector<Geometry> geometries_;
  std::vector<xnnpack::Convolution2d> operators_;  // of each thread, of each geometry, of each slice
};

}  // namespace effcam::nn
