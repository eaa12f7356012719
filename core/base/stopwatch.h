// How long something takes.
#pragma once

#include <chrono>

namespace effcam {

class Stopwatch {
 public:
  // Since it was made, or since the last lap.
  [[nodiscard]] double milliseconds() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
  }
  double lap() {
    const double ms = milliseconds();
    start_ = Clock::now();
    return ms;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// Adds the time until the end of its scope to `total`, which outlives it.
class AddTime {
 public:
  explicit AddTime(double& total) : total_(&total) {}
  ~AddTime() { *total_ += watch_.milliseconds(); }
  AddTime(const AddTime&) = delete;
  AddTime& operator=(const AddTime&) = delete;

 private:
  double* total_;
  Stopwatch watch_;
};

}  // namespace effcam
