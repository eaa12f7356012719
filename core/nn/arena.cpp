#include "nn/arena.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace effcam::nn {

namespace {
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kGrain = kAlignment / sizeof(float);
// Read, never used, past the end of a buffer by the kernels.
constexpr std::size_t kTail = kGrain;

// Floats. What would be more counts as kTooMany, so that no sum of sizes wraps round to one that there is memory for.
constexpr std::size_t kMost = PTRDIFF_MAX / sizeof(float) / kGrain * kGrain, kTooMany = kMost + 1;

std::size_t sum_of(std::size_t a, std::size_t b) { return a > kMost || b > kMost - a ? kTooMany : a + b; }

std::size_t padded(std::size_t values) {
  return values > kMost - kTail - kGrain ? kTooMany : (values + kTail + kGrain - 1) / kGrain * kGrain;
}
}  // namespace

BufferId Arena::add(std::size_t values, int first, int last) {
  EFFCAM_CHECK(first <= last && !memory_);
  buffers_.push_back({values, first, last, 0});
  return static_cast<BufferId>(buffers_.size()) - 1;
}

void Arena::extend(BufferId buffer, int last) {
  EFFCAM_CHECK(!memory_);
  buffers_[buffer].last = std::max(buffers_[buffer].last, last);
}

std::size_t Arena::lowest_offset(const Buffer& buffer, std::span<const Buffer* const> placed) const {
  // `placed` is ordered by offset: walk the gaps between the buffers that live at the same time.
  std::size_t offset = 0;
  for (const Buffer* other : placed) {
    if (other->last < buffer.first || other->first > buffer.last) continue;
    if (sum_of(offset, padded(buffer.values)) <= other->offset) break;
    offset = std::max(offset, sum_of(other->offset, padded(other->values)));
  }
  return offset;
}

Status Arena::allocate() {
  std::vector<Buffer*> order;
  for (Buffer& buffer : buffers_) order.push_back(&buffer);
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->values > b->values; });
  std::vector<const Buffer*> placed;
  size_ = 0;
  for (Buffer* buffer : order) {
    buffer->offset = lowest_offset(*buffer, placed);
    size_ = std::max(size_, sum_of(buffer->offset, padded(buffer->values)));
    auto place = std::upper_bound(placed.begin(), placed.end(), buffer,
                                  [](auto* a, auto* b) { return a->offset < b->offset; });
    placed.insert(place, buffer);
  }
  if (size_ == 0) return {};
  if (size_ > kMost) return fail("not enough memory: the activations need more than ", kMost >> (20 - 2), " MiB");
  memory_.reset(static_cast<float*>(std::aligned_alloc(kAlignment, size_ * sizeof(float))));
  if (!memory_) return fail("not enough memory: the activations need ", bytes() >> 20, " MiB");
  // Tails are read before anything is written there: no trap values, no garbage that is not a number.
  std::memset(memory_.get(), 0, size_ * sizeof(float));
  return {};
}

std::size_t Arena::unshared_bytes() const {
  std::size_t sum = 0;
  for (const Buffer& buffer : buffers_) sum += padded(buffer.values) * sizeof(float);
  return sum;
}

void Arena::Free::operator()(float* memory) const { std::free(memory); }

}  // namespace effcam::nn
