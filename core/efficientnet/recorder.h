// How a pass notes what its operators cost. A pass that nobody profiles has no recorder, and reads no clock.
#pragma once

#include <optional>
#include <string>

#include "base/stopwatch.h"
#include "base/text.h"
#include "efficientnet/plan.h"
#include "efficientnet/profile.h"
#include "nn/meter.h"

namespace effcam::efficientnet {

// Of one part of the network.
struct Recorder {
  Profile* profile;
  std::string part, stage;
};

// An operator, for as long as it is in scope.
class Timed {
 public:
  Timed(const Run& run, const char* kind, const Work& work) : recorder_(run.recorder), kind_(kind), work_(work) {
    if (!recorder_) return;
    meter_.emplace(run.pool);
    watch_.emplace();
  }
  ~Timed() {
    if (!recorder_) return;
    const double ms = watch_->milliseconds();
    recorder_->profile->operators.push_back(
        {{text(recorder_->part, " ", kind_), work_.multiply_adds, ms, work_.xnnpack, meter_->xnnpack_milliseconds(ms)},
         kind_,
         recorder_->stage});
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  const Recorder* recorder_;
  const char* kind_;
  Work work_;
  std::optional<nn::Meter> meter_;
  std::optional<Stopwatch> watch_;
};

}  // namespace effcam::efficientnet
