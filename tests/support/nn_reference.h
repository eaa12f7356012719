// The operators of nn/ in plain scalar code and double precision: what the kernels are compared with.
#pragma once

#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "nn/shape.h"

namespace effcam::test {

using Doubles = std::vector<double>;

[[nodiscard]] inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
[[nodiscard]] inline double swish(double x) { return x * sigmoid(x); }
// 2^g, linear between whole exponents; and a swish of such powers (nn/own/kernels_vectors.h).
[[nodiscard]] inline double coarse_power(double g) {
  return std::ldexp(1 + g - std::floor(g), static_cast<int>(std::floor(g)));
}
[[nodiscard]] inline double coarse_swish(double x) {
  const double g = x * std::log2(std::exp(1.0)) / 2;
  return x * coarse_power(g) / (coarse_power(g) + coarse_power(-g));
}
[[nodiscard]] inline double swish_slope(double x) { return sigmoid(x) * (1 + x * (1 - sigmoid(x))); }

// weights: out × in/groups × k × k; groups is 1, or the channels for a depthwise convolution. NHWC.
[[nodiscard]] Doubles convolution(const nn::Shape& input, const nn::Window& window, int out, bool depthwise,
                                  const Doubles& x, const Doubles& weights, const Doubles& bias);
// ∂/∂x of Σ gradient·convolution(x)
[[nodiscard]] Doubles convolution_gradient(const nn::Shape& input, const nn::Window& window, int out, bool depthwise,
                                           const Doubles& gradient, const Doubles& weights);

// A matrix in bytes: each row stands for least + step·value. Row-major.
struct Bytes {
  int rows = 0, depth = 0;
  std::vector<int> values;
  Doubles least, step;
};
// 0 … 127, the range of each row from its least value to its largest.
[[nodiscard]] Bytes quantized_rows(int rows, int depth, const Doubles& x);
// rows × weights.rows: every value of `rows` times every one of `weights`, added up.
[[nodiscard]] Doubles quantized_product(const Bytes& rows, const Bytes& weights);

[[nodiscard]] std::vector<float> random_floats(std::mt19937& random, std::size_t count, float low = -1, float high = 1);
[[nodiscard]] inline Doubles widened(std::span<const float> values) { return {values.begin(), values.end()}; }
// The largest |a − b|, and the largest |b|.
[[nodiscard]] double largest_difference(std::span<const float> a, std::span<const double> b);
[[nodiscard]] double largest(std::span<const double> values);

}  // namespace effcam::test
