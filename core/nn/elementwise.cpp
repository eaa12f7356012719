#include "nn/elementwise.h"

#include <algorithm>
#include <cstring>

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

void swish_gradient(int images, float* g, const float* u, SwishRule rule, std::size_t image_values, ThreadPool& pool) {
  for (int n = 0; n < images; ++n) {
    float* image = g + static_cast<std::size_t>(n) * image_values;
    in_pieces(image_values, pool, [&](std::size_t i, std::size_t count) {
      kernels().swish_gradient(image + i, u + i, rule, count);
    });
  }
}

void columns_to_image(const Shape& input, const Shape& output, const Window& window, const float* columns,
                      float* in_gradient, ThreadPool& pool) {
  const std::size_t channels = static_cast<std::size_t>(input.channels);
  const std::size_t column = channels * window.kernel * window.kernel;
  const std::size_t row_values = channels * input.width;
  // Each input row gathers from the output rows that saw it: no two threads write the same row.
  pool.parallel_for(static_cast<std::size_t>(output.images) * input.height, [&](std::size_t index) {
    const int y = static_cast<int>(index % input.height);
    const float* image = columns + index / input.height * output.positions() * column;
    float* row = in_gradient + index * row_values;
    std::memset(row, 0, row_values * sizeof(float));
    for (int ky = 0; ky < window.kernel; ++ky) {
      const int above = y + window.pads.top - ky;
      if (above < 0 || above % window.stride || above / window.stride >= output.height) continue;
      const float* seen = image + static_cast<std::size_t>(above / window.stride) * output.width * column;
      for (int ox = 0; ox < output.width; ++ox)
        for (int kx = 0; kx < window.kernel; ++kx) {
          const int x = ox * window.stride + kx - window.pads.left;
          if (x < 0 || x >= input.width) continue;
          float* to = row + x * channels;
          kernels().add(to, seen + ox * column + static_cast<std::size_t>(ky * window.kernel + kx) * channels, to,
                        channels);
        }
    }
  });
}

}  // namespace effcam::nn
