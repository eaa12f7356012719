#include "nn/elementwise.h"

#include <algorithm>

#include "nn/xnnpack/elementwise.h"

namespace effcam::nn {

namespace {

// Small enough that what a piece reads stays in a core's cache, large enough that handing it out costs nothing.
constexpr std::size_t kPiece = 16384;

template <class Task>
void in_pieces(std::size_t n, ThreadPool& pool, const Task& task) {
  pool.parallel_for((n + kPiece - 1) / kPiece, [&](std::size_t piece) {
    const std::size_t first = piece * kPiece;
    task(first, std::min(kPiece, n - first));
  });
}

}  // namespace

void swish(const float* in, float* out, std::size_t n, ThreadPool& pool) {
  in_pieces(n, pool, [&](std::size_t i, std::size_t count) { kernels().swish(in + i, out + i, count); });
}

void add(const float* a, const float* b, float* out, std::size_t n, ThreadPool& pool) {
  in_pieces(n, pool, [&](std::size_t i, std::size_t count) { kernels().add(a + i, b + i, out + i, count); });
}

void scale(const Shape& shape, float* x, const float* gates, ThreadPool& pool) {
  const std::size_t rows = static_cast<std::size_t>(shape.images) * shape.height;
  const std::size_t row_values = static_cast<std::size_t>(shape.width) * shape.channels;
  pool.parallel_for(rows, [&](std::size_t row) {
    kernels().scale(x + row * row_values, gates + row / shape.height * shape.channels, shape.width, shape.channels);
  });
}

void softmax(std::span<const float> in, std::span<float> out) { xnnpack::softmax(in, out); }

void swish_gradient(int images, float* g, const float* u, SwishRule rule, std::size_t image_values, ThreadPool& pool) {
  for (int n = 0; n < images; ++n) {
    float* image = g + static_cast<std::size_t>(n) * image_values;
    in_pieces(image_values, pool, [&](std::size_t i, std::size_t count) {
      kernels().swish_gradient(image + i, u + i, rule, count);
    });
  }
}

}  // namespace effcam::nn
