// What the benchmarks share.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/stopwatch.h"

namespace effcam::native {

template <class Work>
double milliseconds(const Work& work) {
  const Stopwatch watch;
  work();
  return watch.milliseconds();
}

inline double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

// size × size × 3 values, all alike for the clock.
inline std::vector<float> some_input(int size) {
  std::vector<float> input(static_cast<std::size_t>(size) * size * 3);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = std::sin(0.01f * static_cast<float>(i));
  return input;
}

inline double mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

}  // namespace effcam::native
