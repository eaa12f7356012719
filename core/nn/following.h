// What follows a product's sums, on a task's outputs while they are in the cache.
#pragma once

#include <cstddef>

namespace effcam::nn {

// In this order.
struct Following {
  bool swish = false;
  const float* residual = nullptr;  // of the output's shape, added; null: none
};

// Some outputs of some positions: `lines` positions from value `at` of the whole output on, `length` values of each,
// positions `stride` values apart.
struct Outcome {
  std::size_t at, lines, length, stride;
};
void follow(const Following& following, const Outcome& outcome, float* out);

}  // namespace effcam::nn
