#include "nn/convolution.h"

#include <algorithm>
#include <cstring>

namespace effcam::nn {

namespace {

constexpr std::size_t kBandBytes = 128 << 10;  // of gathered values: they stay in a core's second cache

// OIHW → OHWI, the order in which an image lies in memory.
std::vector<float> channels_last(int in, int out, int kernel, std::span<const float> weights) {
  const std::size_t area = static_cast<std::size_t>(kernel) * kernel;
  std::vector<float> turned(weights.size());
  for (std::size_t o = 0; o < static_cast<std::size_t>(out); ++o)
    for (std::size_t i = 0; i < static_cast<std::size_t>(in); ++i)
      for (std::size_t k = 0; k < area; ++k) turned[(o * area + k) * in + i] = weights[(o * in + i) * area + k];
  return turned;
}

// The stem's lines, three pixels of three channels, are so short that a call would take longer than they do.
inline void copy_line(const float* from, float* to, std::size_t count) {
  constexpr std::size_t kStem = 9;
  if (count == kStem) {
    std::memcpy(to, from, kStem * sizeof(float));
  } else {
    std::memcpy(to, from, count * sizeof(float));
  }
}

struct Pair {
  int before, after;
};
Pair same_pads(int size, const Window& window) {
  const int outputs = (size + window.stride - 1) / window.stride;
  const int total = std::max((outputs - 1) * window.stride + window.kernel - size, 0);
  return {total / 2, total - total / 2};
}

}  // namespace

Result<Convolution> Convolution::create(int in, int out, const Window& window, bool same,
                                        std::span<const float> weights, std::span<const float> bias) {
  EFFCAM_CHECK(weights.size() == static_cast<std::size_t>(in) * out * window.kernel * window.kernel);
  EFFCAM_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(out));
  Convolution made;
  made.in_ = in;
  made.window_ = window;
  made.same_ = same;
  const int depth = in * window.kernel * window.kernel;
  // A projection has no swish, whose bits depend on the table: which one it is shows nowhere.
  const Kernels& table = window.kernel == 1 && out < in ? kernels_for(out) : kernels();
  if (window.kernel > 1) {
    made.panels_ = Panels(depth, out, channels_last(in, out, window.kernel, weights), bias, table);
  } else {
    made.panels_ = Panels(depth, out, weights, bias, table);
  }
  return made;
}

Result<Shape> Convolution::plan(const Shape& input, ThreadPool& pool) {
  EFFCAM_CHECK(input.channels == in_);
  if (same_) {
    const Pair rows = same_pads(input.height, window_), columns = same_pads(input.width, window_);
    window_.pads = {rows.before, rows.after, columns.before, columns.after};
  }
  input_ = input;
  output_ = {input.images, window_.output_height(input.height), window_.output_width(input.width), out()};
  if (output_.height < 1 || output_.width < 1) return fail("an input smaller than a convolution's window");
  if (!pointwise()) {
    const std::size_t row = static_cast<std::size_t>(output_.width) * panels_.depth();
    band_ = static_cast<int>(std::clamp<std::size_t>(kBandBytes / (row * sizeof(float)), 1, output_.height));
    slot_values_ = row * band_ + ThreadPool::kApart;
    patches_.resize(slot_values_ * pool.threads());
  }
  return output_;
}

bool Convolution::gates_weights() const {
  return pointwise() && output_.positions() >= static_cast<std::size_t>(out());
}

void Convolution::run(const float* input, float* output, ThreadPool& pool, const Fused& fused) {
  if (!pointwise()) return run_gathered(input, output, pool, fused);
  Product product = panels_.product(0, out());
  product.swish = fused.swish;
  product.in = input;
  product.out = output;
  product.residual = fused.residual;
  product.rows = static_cast<int>(output_.positions()) * (fused.gates ? 1 : output_.images);
  if (!fused.gates) return multiply(product, pool, panels_.table());
  product.weights = fused.gated_weights;
  for (int image = 0; image < output_.images; ++image) {
    panels_.table().scale_panels(panels_.weights().data(), fused.gates + static_cast<std::size_t>(image) * in_,
                                 fused.gated_weights, in_, out());
    multiply(product, pool, panels_.table());
    product.in += input_.image_values();
    product.out += output_.image_values();
    if (product.residual) product.residual += output_.image_values();
  }
}

void Convolution::gather(const float* image, int y, float* patches) const {
  const int kernel = window_.kernel;
  const std::size_t line = static_cast<std::size_t>(kernel) * in_, depth = line * kernel;
  for (int ky = 0; ky < kernel; ++ky) {
    const int row = y * window_.stride + ky - window_.pads.top;
    float* to = patches + ky * line;
    const float* from = image + static_cast<std::ptrdiff_t>(row) * input_.width * in_;
    for (int x = 0; x < output_.width; ++x, to += depth) {
      if (row < 0 || row >= input_.height) {
        std::memset(to, 0, line * sizeof(float));
        continue;
      }
      const int left = x * window_.stride - window_.pads.left;
      if (left >= 0 && left + kernel <= input_.width) {
        copy_line(from + static_cast<std::size_t>(left) * in_, to, line);
        continue;
      }
      const int first = std::max(left, 0), last = std::min(left + kernel, input_.width);
      std::memset(to, 0, line * sizeof(float));
      if (last > first)
        std::memcpy(to + (first - left) * in_, from + static_cast<std::size_t>(first) * in_,
                    static_cast<std::size_t>(last - first) * in_ * sizeof(float));
    }
  }
}

void Convolution::run_gathered(const float* input, float* output, ThreadPool& pool, const Fused& fused) {
  EFFCAM_CHECK(!fused.gates);
  const int bands = (output_.height + band_ - 1) / band_;
  const std::size_t row = static_cast<std::size_t>(output_.width) * panels_.depth();
  pool.parallel_slots(static_cast<std::size_t>(output_.images) * bands, [&](std::size_t slot, std::size_t task) {
    const std::size_t image = task / bands;
    const int first = static_cast<int>(task % bands) * band_, last = std::min(first + band_, output_.height);
    float* patches = patches_.data() + slot * slot_values_;
    for (int y = first; y < last; ++y) gather(input + image * input_.image_values(), y, patches + (y - first) * row);
    const std::size_t at = (image * output_.height + first) * output_.width * out();
    Product product = panels_.product(0, out());
    product.in = patches;
    product.rows = (last - first) * output_.width;
    product.out = output + at;
    product.residual = fused.residual ? fused.residual + at : nullptr;
    product.swish = fused.swish;
    panels_.table().multiply(product);
  });
}

}  // namespace effcam::nn
