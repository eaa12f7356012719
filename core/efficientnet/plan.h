// What the parts of a network share while they plan a pass and while they run it.
#pragma once

#include <cstdint>

#include "nn/arena.h"
#include "nn/convolution.h"
#include "nn/own/kernels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::efficientnet {

// A tensor of the plan.
struct Value {
  nn::BufferId buffer = -1;
  nn::Shape shape;
};

// The clock of a pass: buffers are alive from the tick that makes them to the last tick that uses them.
class Plan {
 public:
  // `repeatable`: the backward pass runs more than once after one forward pass.
  Plan(nn::Arena& arena, nn::GatedMemory& gated_memory, nn::ThreadPool& pool, int targets, bool repeatable)
      : arena_(&arena), gated_memory_(&gated_memory), pool_(&pool), targets_(targets), repeatable_(repeatable) {}

  void tick() { ++now_; }
  // Of a shape whose values cannot be counted it is one that the arena will not find memory for.
  [[nodiscard]] Value make(const nn::Shape& shape) {
    return {arena_->add(shape.checked_values().value_or(SIZE_MAX), now_, now_), shape};
  }
  [[nodiscard]] nn::BufferId scratch(std::size_t values) { return arena_->add(values, now_, now_); }
  void use(const Value& value) { arena_->extend(value.buffer, now_); }
  // What the forward pass left for the backward pass: a repetition would find another value in its place.
  void use_in_backward(const Value& value) { repeatable_ ? keep(value) : use(value); }
  // Alive until the end of every pass of the plan.
  void keep(const Value& value) { arena_->extend(value.buffer, 1 << 30); }

  [[nodiscard]] nn::GatedMemory& gated_memory() const { return *gated_memory_; }
  [[nodiscard]] nn::ThreadPool& pool() const { return *pool_; }
  [[nodiscard]] int targets() const { return targets_; }

 private:
  nn::Arena* arena_;
  nn::GatedMemory* gated_memory_;
  nn::ThreadPool* pool_;
  int targets_;
  bool repeatable_;
  int now_ = 0;
};

struct Recorder;  // efficientnet/recorder.h

struct Run {
  const nn::Arena& arena;
  nn::ThreadPool& pool;
  nn::SwishRule rule = nn::SwishRule::plain;
  const Recorder* recorder = nullptr;  // null: nobody asks what the operators cost

  [[nodiscard]] float* data(const Value& value) const { return arena.data(value.buffer); }
};

}  // namespace effcam::efficientnet
