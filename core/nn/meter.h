// How much of some work XNNPACK's operators do, and for how long: measured around their calls.
#pragma once

#include <cstddef>
#include <vector>

#include "base/stopwatch.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/counted.h"

namespace effcam::nn {

// Measures what the calling thread and the pool do while it is in scope. One at a time for a pool.
class Meter {
 public:
  explicit Meter(ThreadPool& pool);
  ~Meter();
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  // What XNNPACK's operators have multiplied, as often as they did.
  [[nodiscard]] double xnnpack_multiply_adds() const;
  // Of `whole`, the milliseconds that the work took: XNNPACK's share of the time that threads spent on it. A browser's clock
  // is coarser than many calls: only sums over many of them say much.
  [[nodiscard]] double xnnpack_milliseconds(double whole) const;

  // A job of the pool.
  class Job {
   public:
    Job(Meter& meter, ThreadPool::Function function, void* context)
        : meter_(meter), function_(function), context_(context), time_(meter.jobs_ms_) {}
    void run(std::size_t slot, std::size_t task) const;

   private:
    Meter& meter_;
    ThreadPool::Function function_;
    void* context_;
    AddTime time_;
  };

 private:
  struct alignas(64) Thread {
    xnnpack::Done done;
    double tasks_ms = 0;
  };

  ThreadPool& pool_;
  xnnpack::Done* outer_;  // where the calling thread's operators added before
  std::vector<Thread> threads_;
  double jobs_ms_ = 0;
};

}  // namespace effcam::nn
