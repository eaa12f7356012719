#include "nn/meter.h"

#include <utility>

#include "base/result.h"

namespace effcam::nn {

Meter::Meter(ThreadPool& pool) : pool_(pool), threads_(pool.threads()) {
  EFFCAM_CHECK(!pool.meter_);
  pool.meter_ = this;
  outer_ = std::exchange(xnnpack::done_here, &threads_.front().done);
}

Meter::~Meter() {
  pool_.meter_ = nullptr;
  xnnpack::done_here = outer_;
}

void Meter::Job::run(std::size_t slot, std::size_t task) const {
  Thread& thread = meter_.threads_[slot];
  xnnpack::Done* const before = std::exchange(xnnpack::done_here, &thread.done);
  {
    const AddTime time(thread.tasks_ms);
    function_(context_, slot, task);
  }
  xnnpack::done_here = before;
}

double Meter::xnnpack_multiply_adds() const {
  double sum = 0;
  for (const Thread& thread : threads_) sum += thread.done.multiply_adds;
  return sum;
}

double Meter::xnnpack_milliseconds(double whole) const {
  double in_xnnpack = 0, busy = whole - jobs_ms_;  // between the jobs one thread works, and in them those that have tasks
  for (const Thread& thread : threads_) {
    in_xnnpack += thread.done.milliseconds;
    busy += thread.tasks_ms;
  }
  return threads_.size() == 1 || busy <= 0 ? in_xnnpack : whole * in_xnnpack / busy;
}

}  // namespace effcam::nn
