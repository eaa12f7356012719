// Arithmetic alone: multiply-adds that never leave the registers. Included by kernels_impl.h; see kernels_vectors.h for
// the rules.
#pragma once

#include "nn/own/kernels_vectors.h"

namespace effcam::nn {
namespace {

// A multiply-add takes four or five cycles and a core begins two in each: ten must be under way. V8's 16 registers hold
// twelve chains and their two factors.
constexpr int kPeakChains = 12;
constexpr int kPeakRound = kPeakChains * kLanes;

float peak(int rounds) {
  static constexpr float kFactors[] = {0.999f, 1e-3f};
  const float* factors = kFactors;
  pin(factors);
  const Float<kLanes> factor = all<kLanes>(factors[0]), term = all<kLanes>(factors[1]);
  Float<kLanes> chain[kPeakChains];
#pragma GCC unroll 16
  for (int i = 0; i < kPeakChains; ++i) chain[i] = all<kLanes>(static_cast<float>(i));  // alike, they would become one
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 16
    for (int i = 0; i < kPeakChains; ++i) chain[i] = multiply_add<kLanes>(chain[i], factor, term);
  for (int i = 1; i < kPeakChains; ++i) chain[0] += chain[i];
  return chain[0][0];
}

}  // namespace
}  // namespace effcam::nn
