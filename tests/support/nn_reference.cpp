#include "support/nn_reference.h"

#include <algorithm>

namespace effcam::test {

namespace {

// Calls visit(input index, output index, weight index) for every product of the convolution.
template <class Visit>
void for_each_product(const nn::Shape& in, const nn::Window& w, int out, bool depthwise, const Visit& visit) {
  const int height = w.output_height(in.height), width = w.output_width(in.width), k = w.kernel;
  for (int n = 0; n < in.images; ++n)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        for (int ky = 0; ky < k; ++ky)
          for (int kx = 0; kx < k; ++kx) {
            const int iy = y * w.stride + ky - w.pads.top, ix = x * w.stride + kx - w.pads.left;
            if (iy < 0 || ix < 0 || iy >= in.height || ix >= in.width) continue;
            const std::size_t from = ((static_cast<std::size_t>(n) * in.height + iy) * in.width + ix) * in.channels;
            const std::size_t to = ((static_cast<std::size_t>(n) * height + y) * width + x) * out;
            for (int o = 0; o < out; ++o) {
              if (depthwise) {
                visit(from + o, to + o, (static_cast<std::size_t>(o) * k + ky) * k + kx);
              } else {
                for (int i = 0; i < in.channels; ++i)
                  visit(from + i, to + o, ((static_cast<std::size_t>(o) * in.channels + i) * k + ky) * k + kx);
              }
            }
          }
}

}  // namespace

Doubles convolution(const nn::Shape& input, const nn::Window& window, int out, bool depthwise, const Doubles& x,
                    const Doubles& weights, const Doubles& bias) {
  const std::size_t positions = static_cast<std::size_t>(input.images) * window.output_height(input.height) *
                                window.output_width(input.width);
  Doubles y(positions * out);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = bias.empty() ? 0 : bias[i % out];
  for_each_product(input, window, out, depthwise,
                   [&](std::size_t from, std::size_t to, std::size_t weight) { y[to] += x[from] * weights[weight]; });
  return y;
}

Doubles convolution_gradient(const nn::Shape& input, const nn::Window& window, int out, bool depthwise,
                             const Doubles& gradient, const Doubles& weights) {
  Doubles x(input.values());
  for_each_product(input, window, out, depthwise, [&](std::size_t from, std::size_t to, std::size_t weight) {
    x[from] += gradient[to] * weights[weight];
  });
  return x;
}

Bytes quantized_rows(int rows, int depth, const Doubles& x) {
  Bytes made{rows, depth, std::vector<int>(x.size()), Doubles(rows), Doubles(rows)};
  for (int r = 0; r < rows; ++r) {
    const auto [low, high] = std::ranges::minmax(std::span(x).subspan(static_cast<std::size_t>(r) * depth, depth));
    made.least[r] = low;
    made.step[r] = (high - low) / 127;
    for (int k = r * depth; k < (r + 1) * depth; ++k)
      made.values[k] = high > low ? static_cast<int>(std::lround((x[k] - low) / made.step[r])) : 0;
  }
  return made;
}

Doubles quantized_product(const Bytes& rows, const Bytes& weights) {
  Doubles product(static_cast<std::size_t>(rows.rows) * weights.rows);
  for (int r = 0; r < rows.rows; ++r)
    for (int c = 0; c < weights.rows; ++c)
      for (int k = 0; k < rows.depth; ++k)
        product[static_cast<std::size_t>(r) * weights.rows + c] +=
            (rows.least[r] + rows.step[r] * rows.values[r * rows.depth + k]) * weights.step[c] *
            weights.values[c * weights.depth + k];
  return product;
}

std::vector<float> random_floats(std::mt19937& random, std::size_t count, float low, float high) {
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(count);
  for (float& value : values) value = uniform(random);
  return values;
}

double largest_difference(std::span<const float> a, std::span<const double> b) {
  double difference = a.size() == b.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference = std::max(difference, std::isnan(a[i]) ? HUGE_VAL : std::abs(a[i] - b[i]));
  return difference;
}

double largest(std::span<const double> values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace effcam::test
