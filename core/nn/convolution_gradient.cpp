#include "nn/convolution_gradient.h"

#include <algorithm>

namespace effcam::nn {

namespace {

struct Sizes {
  std::size_t in, out, area;
};

// The weights of the convolution that goes back: IO and the window turned by half a circle.
std::vector<float> turned_weights(const Sizes& s, std::span<const float> weights) {
  std::vector<float> turned(weights.size());
  for (std::size_t o = 0; o < s.out; ++o)
    for (std::size_t i = 0; i < s.in; ++i)
      for (std::size_t k = 0; k < s.area; ++k)
        turned[(i * s.out + o) * s.area + s.area - 1 - k] = weights[(o * s.in + i) * s.area + k];
  return turned;
}

// OIHW → IHWO.
std::vector<float> inputs_first(const Sizes& s, std::span<const float> weights) {
  std::vector<float> moved(weights.size());
  for (std::size_t o = 0; o < s.out; ++o)
    for (std::size_t i = 0; i < s.in; ++i)
      for (std::size_t k = 0; k < s.area; ++k) moved[(i * s.area + k) * s.out + o] = weights[(o * s.in + i) * s.area + k];
  return moved;
}

}  // namespace

Result<ConvolutionGradient> ConvolutionGradient::create(int in, int out, int kernel, int stride,
                                                        std::span<const float> weights) {
  const Sizes sizes{static_cast<std::size_t>(in), static_cast<std::size_t>(out), static_cast<std::size_t>(kernel) * kernel};
  EFFCAM_CHECK(weights.size() == sizes.in * sizes.out * sizes.area);
  ConvolutionGradient made;
  made.window_ = {kernel, stride, {}};
  if (stride == 1) {
    EFFCAM_TRY(Convolution turned, Convolution::create(out, in, kernel, 1, turned_weights(sizes, weights), {}));
    made.turned_.emplace(std::move(turned));
  } else {
    made.weights_ = inputs_first(sizes, weights);
  }
  return made;
}

Status ConvolutionGradient::plan(const Shape& gradient, const Shape& input, const Pads& pads, int threads) {
  gradient_ = gradient;
  input_ = input;
  input_.images = gradient.images;
  if (!turned_) return plan_bands(pads, threads);
  const int most = window_.kernel - 1;
  EFFCAM_TRY(const Shape made,
             turned_->plan(gradient, {most - pads.top, most - pads.bottom, most - pads.left, most - pads.right}, threads));
  EFFCAM_CHECK(made == input_);
  return {};
}

Status ConvolutionGradient::plan_bands(const Pads& pads, int threads) {
  const int stride = window_.stride;
  bands_.clear();
  const int bands = std::clamp(threads, 1, std::max(input_.height / window_.kernel, 1));
  for (int image = 0; image < gradient_.images; ++image)
    for (int band = 0; band < bands; ++band) {
      const int first = input_.height * band / bands, last = input_.height * (band + 1) / bands;
      // The windows that saw a row r begin at y·stride − top, from r − kernel + 1 to r.
      const int begin = std::max(first + pads.top - window_.kernel + stride, 0) / stride;
      const int end = std::min((last - 1 + pads.top) / stride + 1, gradient_.height);
      const Window seen{window_.kernel, stride, {first + pads.top - begin * stride, 0, pads.left, 0}};
      EFFCAM_TRY(xnnpack::Deconvolution2d made,
                 xnnpack::Deconvolution2d::create(weights_, seen, {1, end - begin, gradient_.width, gradient_.channels},
                                                  {1, last - first, input_.width, input_.channels}));
      bands_.push_back({std::move(made), image * input_.height + first, image * gradient_.height + begin});
    }
  return {};
}

void ConvolutionGradient::run(const float* gradient, float* in_gradient, ThreadPool& pool) {
  if (turned_) return turned_->run(gradient, in_gradient, pool);
  const std::size_t from = static_cast<std::size_t>(gradient_.width) * gradient_.channels;
  const std::size_t to = static_cast<std::size_t>(input_.width) * input_.channels;
  pool.parallel_for(bands_.size(), [&](std::size_t i) {
    const Band& band = bands_[i];
    band.product.run(gradient + band.first_gradient_row * from, in_gradient + band.first_row * to);
  });
}

}  // namespace effcam::nn
