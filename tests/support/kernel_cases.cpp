#include "support/kernel_cases.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <optional>
#include <sstream>

#include "nn/convolution.h"
#include "nn/expand_depthwise.h"
#include "nn/convolution_gradient.h"
#include "nn/quantized_panels.h"
#include "support/nn_reference.h"

namespace effcam::test {

namespace {

// Exactly as many floats, from the start of a line of the cache, none of them a number yet.
class AlignedFloats {
 public:
  explicit AlignedFloats(std::size_t count)
      : memory_(static_cast<float*>(::operator new(count * sizeof(float), kLine))), values{memory_.get(), count} {
    std::ranges::fill(values, NAN);
  }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Free {
    void operator()(float* memory) const { ::operator delete(memory, kLine); }
  };
  std::unique_ptr<float, Free> memory_;

 public:
  const std::span<float> values;
};

using nn::Shape;

// Exactly as many floats as asked for, in an allocation of their own.
class Values {
 public:
  explicit Values(unsigned seed) : random_(seed) {}
  std::vector<float> operator()(std::size_t count) { return random_floats(random_, count); }

 private:
  std::mt19937 random_;
};

// What is `what` and where it lies beyond `bound`; nothing else does.
std::string beyond(const char* what, std::span<const float> values, std::span<const double> expected, double bound) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::abs(values[i] - expected[i]) <= bound) continue;  // false for what is not a number
    std::ostringstream text;
    text << what << ' ' << i << " of " << expected.size() << " is " << values[i] << ", not " << expected[i];
    return text.str();
  }
  return {};
}

std::string first_of(std::initializer_list<std::string> differences) {
  for (const std::string& each : differences)
    if (!each.empty()) return each;
  return {};
}

Doubles swished(Doubles values, bool coarse = false) {
  for (double& value : values) value = coarse ? coarse_swish(value) : swish(value);
  return values;
}

// What a coarse swish of the kernels may differ from the reference by: its exponent goes in steps of 2^-13.
constexpr double kCoarseBound = 1e-4;

// Rows that a kernel quantised, in the order of their values.
Bytes bytes_of(const nn::QuantizedRows& rows, const nn::Kernels& kernels) {
  const std::size_t depth = rows.depth;
  const auto count = static_cast<int>(rows.rows);
  Bytes bytes{count, rows.depth, std::vector<int>(rows.rows * depth), {}, {}};
  const std::vector<int> order = nn::quantized_order(rows.depth, kernels.lanes);
  for (int r = 0; r < count; ++r) {
    bytes.least.push_back(rows.ranges[r].least);
    bytes.step.push_back(rows.ranges[r].step);
    for (std::size_t i = 0; i < order.size(); ++i)
      if (order[i] >= 0) bytes.values[r * depth + order[i]] = rows.values[r * rows.stride() + i];
  }
  return bytes;
}

}  // namespace

Bytes packed_weights(const nn::QuantizedProduct& product, int depth, const nn::Kernels& kernels) {
  const std::vector<int> order = nn::quantized_order(depth, kernels.lanes);
  const int padded = (product.columns + kernels.lanes - 1) / kernels.lanes * kernels.lanes;
  Bytes made{product.columns, depth, std::vector<int>(static_cast<std::size_t>(product.columns) * depth),
             Doubles(product.columns), {}};
  for (int c = 0; c < product.columns; ++c) {
    const int first = c / kernels.panel * kernels.panel, width = std::min(kernels.panel, padded - first);
    made.step.push_back(product.scales[c]);
    for (std::size_t i = 0; i < order.size(); ++i)
      if (order[i] >= 0)
        made.values[static_cast<std::size_t>(c) * depth + order[i]] =
            product.weights[first * order.size() + (i / 4 * width + c - first) * 4 + i % 4];
  }
  return made;
}

std::string difference(const nn::Kernels& kernels, const QuantizedCase& c) {
  Values values(c.seed);
  const std::size_t rows = c.rows, depth = c.depth, columns = c.columns;
  const std::vector<float> x = values(rows * depth), w = values(columns * depth), b = values(columns),
                           residual = values(rows * columns), gates = values(depth);
  std::vector<float> memory(nn::QuantizedRows::floats(rows, c.depth)), out(rows * columns, NAN);
  const nn::QuantizedRows quantized(c.rows, c.depth, memory.data());
  kernels.quantize({.in = x.data(), .gates = c.gated ? gates.data() : nullptr, .rows = c.rows, .depth = c.depth,
                    .out = quantized.values, .ranges = quantized.ranges});
  const Bytes bytes = bytes_of(quantized, kernels);
  Doubles seen(rows * depth), meant(rows * depth);  // what was quantised, and what the bytes stand for
  double most = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    most = std::max(most, bytes.step[r]);
    for (std::size_t k = 0; k < depth; ++k) {
      seen[r * depth + k] = static_cast<double>(x[r * depth + k]) * (c.gated ? gates[k] : 1.0f);
      meant[r * depth + k] = bytes.least[r] + bytes.step[r] * bytes.values[r * depth + k];
    }
  }
  const std::vector<float> shown(seen.begin(), seen.end());
  const Bytes tight = quantized_rows(c.rows, c.depth, seen);  // the ranges that scalar code chooses
  const std::vector<float> least(bytes.least.begin(), bytes.least.end()), step(bytes.step.begin(), bytes.step.end());
  const nn::QuantizedPanels panels(c.depth, c.columns, w, b, kernels);
  nn::QuantizedProduct product = panels.product(quantized, 0, 0, c.columns);
  product.out = out.data();
  product.residual = c.residual ? residual.data() : nullptr;
  kernels.multiply_quantized(product);
  Doubles expected = quantized_product(bytes, packed_weights(product, c.depth, kernels));
  for (std::size_t i = 0; i < out.size(); ++i) expected[i] += b[i % columns] + (c.residual ? residual[i] : 0);
  return first_of({beyond("least value", least, tight.least, 1e-6), beyond("step", step, tight.step, 1e-8),
                   beyond("quantised value", shown, meant, 0.501 * most + 1e-6),
                   beyond("output", out, expected, 1e-5 + 1e-6 * c.depth)});
}

std::string difference(const nn::Kernels& kernels, const LineCase& c) {
  Values values(c.seed);
  const std::size_t channels = c.channels, width = static_cast<std::size_t>(c.count - 1) * c.stride + c.kernel;
  const std::vector<float> in = values(c.lines * width * channels), b = values(channels),
                           w = values(static_cast<std::size_t>(c.kernel) * c.kernel * channels);
  std::vector<nn::DepthwiseLine::Row> rows;
  for (int y = 0; y < c.lines; ++y)
    rows.push_back({in.data() + y * width * channels, w.data() + static_cast<std::size_t>(y) * c.kernel * channels});
  std::vector<float> pre(c.keeps_pre ? c.count * channels : 0), sums(channels, 1.0f);
  AlignedFloats out(c.count * channels);
  if (!kernels.depthwise_line({.rows = rows, .channels = c.channels, .count = c.count, .in_step = channels,
                               .weight_step = channels, .out_step = channels, .bias = b.data(),
                               .pre = c.keeps_pre ? pre.data() : nullptr, .out = out.values.data(), .sums = sums.data(),
                               .coarse = c.coarse, .past_caches = c.past_caches},
                              c.kernel, c.stride))
    return "there is no such kernel";
  Doubles before(out.values.size()), totals(channels, 1.0);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::size_t x = i / channels * c.stride, channel = i % channels;
    before[i] = b[channel];
    for (int y = 0; y < c.lines; ++y)
      for (int k = 0; k < c.kernel; ++k)
        before[i] += static_cast<double>(in[(y * width + x + k) * channels + channel]) *
                     w[(static_cast<std::size_t>(y) * c.kernel + k) * channels + channel];
    totals[channel] += c.coarse ? coarse_swish(before[i]) : swish(before[i]);
  }
  const double bound = c.coarse ? kCoarseBound : 1e-5;
  return first_of({beyond("output", out.values, swished(before, c.coarse), bound), beyond("sum", sums, totals, 10 * bound),
                   c.keeps_pre ? beyond("value before the swish", pre, before, 1e-5) : ""});
}

std::string difference(nn::ThreadPool& pool, const ConvolutionCase& c) {
  Values values(c.seed);
  const std::size_t in = c.input.channels, area = static_cast<std::size_t>(c.window.kernel) * c.window.kernel;
  const std::vector<float> weights = values(c.out * in * area), bias = values(c.out), x = values(c.input.values()),
                           gates = values(c.input.images * in);
  std::vector<float> source = weights;
  auto made = nn::Convolution::create(c.input.channels, c.out, c.window.kernel, c.window.stride, source, bias);
  if (!made) return made.error().message;
  std::ranges::fill(source, NAN);  // nobody may look at the source again
  nn::GatedMemory memory;
  const auto shape = made->plan(c.input, c.window.pads, pool.threads(), c.gated ? &memory : nullptr);
  if (!shape) return shape.error().message;
  const bool gated = c.gated && made->gates_weights();
  const std::vector<float> residual = values(shape->values());
  std::vector<float> y(shape->values(), NAN);
  Doubles seen = widened(x);
  for (std::size_t k = 0; gated && k < seen.size(); ++k) seen[k] *= gates[k / c.input.image_values() * in + k % in];
  Doubles expected = convolution(c.input, c.window, c.out, false, seen, widened(weights), widened(bias));
  if (c.swish) expected = swished(std::move(expected));
  for (std::size_t k = 0; c.residual && k < y.size(); ++k) expected[k] += residual[k];
  made->run(x.data(), y.data(), pool, {.swish = c.swish, .residual = c.residual ? residual.data() : nullptr},
            gated ? gates.data() : nullptr);
  return beyond("output", y, expected, 1e-5 + 1e-6 * static_cast<double>(in * area));
}

std::string difference(nn::ThreadPool& pool, const GradientCase& c) {
  Values values(c.seed);
  const std::size_t in = c.input.channels, area = static_cast<std::size_t>(c.window.kernel) * c.window.kernel;
  const Shape output{c.input.images, c.window.output_height(c.input.height), c.window.output_width(c.input.width), c.out};
  const std::vector<float> weights = values(c.out * in * area), gradient = values(output.values());
  auto made = nn::ConvolutionGradient::create(c.input.channels, c.out, c.window.kernel, c.window.stride, weights);
  if (!made) return made.error().message;
  if (const auto planned = made->plan(output, c.input, c.window.pads, pool.threads()); !planned) return planned.error().message;
  std::vector<float> x(c.input.values(), NAN);  // every value must be written
  made->run(gradient.data(), x.data(), pool);
  return beyond("gradient", x, convolution_gradient(c.input, c.window, c.out, false, widened(gradient), widened(weights)),
                1e-5 + 1e-6 * static_cast<double>(c.out * area));
}

namespace {

// An expansion in bytes, as scalar code makes it from the bytes that the kernel chose.
Doubles expanded_in_bytes(const nn::QuantizedPanels& panels, const Shape& input, std::span<const float> x,
                          std::span<const float> bias, nn::ThreadPool& pool) {
  const int positions = static_cast<int>(input.images * input.positions());
  std::vector<float> memory(nn::QuantizedRows::floats(positions, input.channels));
  const nn::QuantizedRows rows(positions, input.channels, memory.data());
  rows.fill(x.data(), nullptr, positions, pool);
  const nn::QuantizedProduct product = panels.product(rows, 0, 0, panels.columns());
  Doubles made = quantized_product(bytes_of(rows, nn::kernels()), packed_weights(product, input.channels, nn::kernels()));
  for (std::size_t i = 0; i < made.size(); ++i) made[i] += bias[i % bias.size()];
  return made;
}

}  // namespace

std::string difference(nn::ThreadPool& pool, const BlockCase& c) {
  Values values(c.seed);
  const bool in_bytes = c.quantized && c.wide > 0;
  const int wide = c.wide > 0 ? c.wide : c.input.channels;
  const std::size_t area = static_cast<std::size_t>(c.window.kernel) * c.window.kernel;
  const std::vector<float> x = values(c.input.values()), weights = values(wide * area), bias = values(wide),
                           expand_bias = values(c.wide), expand_weights = values(static_cast<std::size_t>(c.wide) * c.input.channels);
  nn::xnnpack::PackedWeights matrix;
  std::optional<nn::QuantizedPanels> bytes;
  if (in_bytes) {
    bytes.emplace(c.input.channels, c.wide, expand_weights, expand_bias);
  } else if (c.wide > 0) {
    auto packed = nn::xnnpack::PackedWeights::pack(c.input.channels, c.wide, 1, expand_weights, expand_bias);
    if (!packed) return packed.error().message;
    matrix = std::move(*packed);
  }
  Shape expanded = c.input;
  expanded.channels = wide;
  Doubles middle = widened(x);
  if (in_bytes) {
    middle = swished(expanded_in_bytes(*bytes, c.input, x, expand_bias, pool), true);
  } else if (c.wide > 0) {
    middle = swished(convolution(c.input, {}, wide, false, middle, widened(expand_weights), widened(expand_bias)));
  }
  const Doubles before = convolution(expanded, c.window, wide, true, middle, widened(weights), widened(bias));
  const Doubles expected = swished(before, in_bytes);
  const Shape output{c.input.images, c.window.output_height(c.input.height), c.window.output_width(c.input.width), wide};
  Doubles mean(static_cast<std::size_t>(output.images) * wide);
  for (std::size_t k = 0; k < expected.size(); ++k)
    mean[k / output.image_values() * wide + k % wide] += expected[k] / static_cast<double>(output.positions());

  const nn::Depthwise depthwise(wide, c.window.kernel, c.window.stride, weights, bias);
  nn::ExpandDepthwise both;
  const bool expands = c.wide > 0 && !in_bytes;
  const Status planned = both.plan(expands ? &matrix : nullptr, depthwise, c.input, output, c.window.pads, pool.threads(),
                                   bytes ? &*bytes : nullptr);
  if (!planned) return planned.error().message;
  std::vector<float> pre(c.keeps_pre ? output.values() : 0), means(mean.size(), NAN),
      scratch(both.scratch_values()), rows(static_cast<std::size_t>(output.images) * output.height * wide);
  AlignedFloats y(output.values());
  both.run(x.data(), c.keeps_pre ? pre.data() : nullptr, y.values.data(), scratch.data(), rows.data(), means.data(), pool);
  // Of a coarse swish, each of the window's products may be that far off.
  const double bound = in_bytes ? kCoarseBound * static_cast<double>(area) : 5e-5;
  return first_of({beyond("output", y.values, expected, bound), beyond("mean", means, mean, bound),
                   c.keeps_pre ? beyond("value before the swish", pre, before, bound) : ""});
}

}  // namespace effcam::test
