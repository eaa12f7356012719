// Kernels over whole tensors, spread over the pool's threads.
#pragma once

#include <span>

#include "nn/own/kernels.h"
#include "nn/shape.h"
#include "nn/thread_pool.h"

namespace effcam::nn {

// out = swish(in), n values; in place allowed.
void swish(const float* in, float* out, std::size_t n, ThreadPool& pool);
void add(const float* a, const float* b, float* out, std::size_t n, ThreadPool& pool);
// x *= gates (images × channels), the same at every position of an image.
void scale(const Shape& shape, float* x, const float* gates, ThreadPool& pool);
// out = exp(in)/Σ exp(in), XNNPACK's, on this thread; not a number everywhere where a value is not finite.
void softmax(std::span<const float> in, std::span<float> out);
// g *= swish'(u) where g has `images` images and u one.
void swish_gradient(int images, float* g, const float* u, SwishRule rule, std::size_t image_values, ThreadPool& pool);

}  // namespace effcam::nn
