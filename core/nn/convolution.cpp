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
  made.out_ = out;
  made.window_ = window;
  made.same_ = same;
  if (made.pointwise()) {
    EFFCAM_TRY(made.matrix_, xnnpack::PackedMatrix::pack(in, out, weights, bias));
  } else {
    const int depth = in * window.kernel * window.kernel;
    made.panels_ = Panels(depth, out, channels_last(in, out, window.kernel, weights), bias);
  }
  return made;
}

Result<Shape> Convolution::plan(const Shape& input, ThreadPool& pool, Gated gated) {
  EFFCAM_CHECK(input.channels == in_);
  if (same_) {
    const Pair rows = same_pads(input.height, window_), columns = same_pads(input.width, window_);
    window_.pads = {rows.before, rows.after, columns.before, columns.after};
  }
  input_ = input;
  output_ = {input.images, window_.output_height(input.height), window_.output_width(input.width), out()};
  if (output_.height < 1 || output_.width < 1) return fail("an input smaller than a convolution's window");
  if (pointwise()) {
    const std::size_t positions = output_.positions();
    const bool gates = gated == Gated::yes && matrix_.is_plain() && positions >= static_cast<std::size_t>(out_);
    gated_weights_ = gates ? xnnpack::allocate_floats(matrix_.values().size()) : nullptr;
    if (gates && !gated_weights_) return fail("not enough memory for gated weights");
    EFFCAM_RETURN_IF_ERROR(product_.plan(matrix_, gates ? gated_weights_.get() : matrix_.values().data(),
                                         gates ? positions : positions * output_.images, pool.threads()));
  } else {
    const std::size_t row = static_cast<std::size_t>(output_.width) * panels_.depth();
    band_ = static_cast<int>(std::clamp<std::size_t>(kBandBytes / (row * sizeof(float)), 1, output_.height));
    slot_values_ = row * band_ + ThreadPool::kApart;
    patches_.resize(slot_values_ * pool.threads());
  }
  return output_;
}

void Convolution::run(const float* input, float* output, ThreadPool& pool, const Following& following, const float* gates) {
  EFFCAM_CHECK(gates_weights() == (gates != nullptr));
  if (!pointwise()) return run_gathered(input, output, pool, following);
  if (!gates) return product_.run(input, output, following, pool);
  Following after = following;
  for (int image = 0; image < output_.images; ++image) {
    gate_weights(gates + static_cast<std::size_t>(image) * in_, pool);
    product_.run(input + image * input_.image_values(), output + image * output_.image_values(), after, pool);
    if (after.residual) after.residual += output_.image_values();
  }
}

// Tile by tile: biases as they are, the weights of each input times its gate.
void Convolution::gate_weights(const float* gates, ThreadPool& pool) {
  const std::size_t tile = matrix_.tile(), values = matrix_.tile_values(), tiles = (out_ + tile - 1) / tile;
  constexpr std::size_t kTaskValues = 32768;
  const std::size_t each = std::max<std::size_t>(kTaskValues / values, 1);
  pool.parallel_for((tiles + each - 1) / each, [&](std::size_t task) {
    for (std::size_t t = task * each; t < std::min((task + 1) * each, tiles); ++t) {
      const float* from = matrix_.values().data() + t * values;
      float* to = gated_weights_.get() + t * values;
      std::copy_n(from, tile, to);
      kernels().scale_rows(from + tile, gates, to + tile, in_, tile);
    }
  });
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

void Convolution::run_gathered(const float* input, float* output, ThreadPool& pool, const Following& following) {
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
    product.residual = following.residual ? following.residual + at : nullptr;
    product.swish = following.swish;
    panels_.table().multiply(product);
  });
}

}  // namespace effcam::nn
