// One block of memory for all activations of a plan: buffers whose lifetimes do not overlap share bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace effcam::nn {

using BufferId = int;  // −1: none

class Arena {
 public:
  Arena() = default;

  // A buffer of `values` floats (however many: allocate() says that they are too many) that is alive from step `first` to
  // step `last`, both included.
  [[nodiscard]] BufferId add(std::size_t values, int first, int last);
  // Lets a buffer live until step `last` at least.
  void extend(BufferId buffer, int last);
  // Places every buffer (largest first, each at the lowest offset free in its lifetime) and allocates. Every buffer has
  // 64-byte alignment and readable bytes behind it, as the kernels ask. Errors: not enough memory.
  [[nodiscard]] Status allocate();

  [[nodiscard]] float* data(BufferId buffer) const { return memory_.get() + buffers_[buffer].offset; }
  [[nodiscard]] std::span<float> values(BufferId buffer) const { return {data(buffer), buffers_[buffer].values}; }
  [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(float); }
  // What the buffers would need if none shared memory.
  [[nodiscard]] std::size_t unshared_bytes() const;

 private:
  struct Buffer {
    std::size_t values = 0;
    int first = 0, last = 0;
    std::size_t offset = 0;  // in floats
  };
  struct Free {
    void operator()(float* memory) const;
  };
  [[nodiscard]] std::size_t lowest_offset(const Buffer& buffer, std::span<const Buffer* const> placed) const;

  std::vector<Buffer> buffers_;
  std::unique_ptr<float, Free> memory_;
  std::size_t size_ = 0;  // in floats
};

}  // namespace effcam::nn
