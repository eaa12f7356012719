// How a pass notes what its operators cost. A pass that nobody profiles has no recorder, and reads no clock.
#pragma once

#include <optional>
#include <string>

#include "base/stopwatch.h"
#include "base/text.h"
#include "efficientnet/plan.h"
#include "efficientnet/profile.h"

namespace effcam::efficientnet {

// Of one part of the network.
struct Recorder {
  Profile* profile;
  std::string part, stage;
};

// An operator, for as long as it is in scope.
class Timed {
 public:
  Timed(const Run& run, const char* kind, double multiply_adds)
      : recorder_(run.recorder), kind_(kind), multiply_adds_(multiply_adds) {
    if (recorder_) watch_.emplace();
  }
  ~Timed() {
    if (!recorder_) return;
    const double ms = watch_->milliseconds();
    recorder_->profile->operators.push_back(
        {{text(recorder_->part, " ", kind_), multiply_adds_, ms}, kind_, recorder_->stage});
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  const Recorder* recorder_;
  const char* kind_;
  double multiply_adds_;
  std::optional<Stopwatch> watch_;
};

}  // namespace effcam::efficientnet
