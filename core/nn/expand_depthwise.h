// Expansion and depthwise convolution in one: a 1×1 convolution with swish, whose output a depthwise convolution with
// swish reads at once, some channels and one row at a time. The expanded tensor, the largest of a network by far, never
// exists: of each group of channels little more rows than the window is high go through a ring in a core's cache. XNNPACK's
// operator fills the ring, kernels of our own empty it.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "nn/depthwise.h"
#include "nn/quantized_panels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/fully_connected.h"

namespace effcam::nn {

class ExpandDepthwise {
 public:
  // `expand`: null when the depthwise convolution reads the input itself, or when `quantized` expands it. All must
  // outlive the plan. The kernel is 3 or 5, the stride 1 or 2. Errors: not enough memory.
  [[nodiscard]] Status plan(const xnnpack::PackedWeights* expand, const Depthwise& depthwise, const Shape& input,
                            const Shape& output, const Pads& pads, int threads, const QuantizedPanels* quantized = nullptr);
  [[nodiscard]] std::size_t scratch_values() const { return slot_values_ * threads_ + quantized_values_; }

  // u = depthwise(swish(expand(in))) + bias, out = swish(u); `pre` keeps u where it is not null. `means` (images ×
  // channels) gets the mean of out over positions: the squeeze. `row_sums` is scratch of images × output height × channels.
  void run(const float* in, float* pre, float* out, float* scratch, float* row_sums, float* means,
           ThreadPool& pool) const;
  // Of a run, the expansion's, each pixel once: bands make again what two of them see.
  [[nodiscard]] double xnnpack_multiply_adds() const;

 private:
  // Some channels of some output rows of one image.
  struct Task {
    int image, first_channel, channels, first_row, last_row;
  };
  struct Source {
    const float* in;
    QuantizedRows rows;  // of the same, where the expansion is quantised
    std::size_t slot;    // whose operators expand it
  };
  [[nodiscard]] std::size_t tasks() const;
  [[nodiscard]] Task task(std::size_t index) const;
  [[nodiscard]] int next_step(int left) const;  // pixels, of `left`
  [[nodiscard]] int first_seen(const Task& task) const;
  [[nodiscard]] int end_of_seen(int last_row) const;
  [[nodiscard]] Status make_expansions();
  void run_task(const Task& task, const Source& source, float* pre, float* out, float* ring, float* row_sums) const;
  void clear_pads(const Task& task, float* ring) const;
  [[nodiscard]] float* ring_row(const Task& task, float* ring, int y) const;
  // The pixels [first, first + count) of the image, to the ring.
  void make_pixels(const Task& task, const Source& source, int first, int count, float* ring) const;
  void expand_pixels(const Task& task, const Source& source, int first, int count, float* ring) const;
  void copy_row(const Task& task, const float* from, float* to) const;
  void make_line(const Task& task, float* ring, int y, float* pre, float* out, float* sums) const;

  const xnnpack::PackedWeights* expand_ = nullptr;
  const QuantizedPanels* quantized_ = nullptr;
  const Depthwise* depthwise_ = nullptr;
  Shape input_, output_;
  Pads pads_;
  int threads_ = 1, group_ = 0, groups_ = 0;
  int whole_ = 0, bands_ = 1;  // groups of all images that are one task each; the tasks of every other one
  int row_pixels_ = 0;  // of a row in the ring: the input's and its pads
  int step_ = 1;        // pixels that are made at once, the last time fewer
  int ring_rows_ = 0;
  bool past_caches_ = false;  // the output is written
  std::size_t slot_values_ = 0, quantized_values_ = 0;
  // How many pixels are expanded at once, each number that any task needs; and the operators: of each thread, of each group
  // of channels, of each of these numbers.
  std::vector<int> counts_;
  std::vector<xnnpack::FullyConnected> expansions_;
};

}  // namespace effcam::nn
