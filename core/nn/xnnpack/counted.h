// XNNPACK's operators count what they do, for whoever measures it (nn/meter.h).
#pragma once

#include <optional>

#include "base/stopwatch.h"

namespace effcam::nn::xnnpack {

// What operators did on one thread.
struct Done {
  double multiply_adds = 0, milliseconds = 0;
};

// Where this thread's operators add what they do. Null while nobody measures: then they read no clock.
inline constinit thread_local Done* done_here = nullptr;

// A run of an operator, for as long as it is in scope.
class Counted {
 public:
  explicit Counted(double multiply_adds = 0) {
    if (!done_here) return;
    done_here->multiply_adds += multiply_adds;
    time_.emplace(done_here->milliseconds);
  }

 private:
  std::optional<AddTime> time_;
};

}  // namespace effcam::nn::xnnpack
