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

// A deconvolution's operator holds a pointer for each position and each place of the window that it looks through: bands of few
// rows keep that small. All of one height, a multiple of the stride, but the last, so that few geometries are needed.
Status ConvolutionGradient::plan_bands(const Pads& pads, int threads) {
  constexpr int kBandPositions = 8192;
  const int stride = window_.stride;
  int height = std::max(kBandPositions / input_.width, window_.kernel);
  height = std::min(height, std::max((input_.height + threads - 1) / threads, window_.kernel));
  height = (height + stride - 1) / stride * stride;
  bands_.clear();
  geometries_.clear();
  operators_.clear();
  for (int first = 0, last = 0; first < input_.height; first = last) {
    last = first + height + window_.kernel > input_.height ? input_.height : first + height;  // some window saw some of its rows
    add_band(first, last, pads.top);
  }
  for (int thread = 0; thread < threads; ++thread)
    for (const auto& [rows, gradient_rows, top] : geometries_) {
      EFFCAM_TRY(xnnpack::Deconvolution2d made,
                 xnnpack::Deconvolution2d::create(weights_, {window_.kernel, stride, {top, 0, pads.left, 0}},
                                                  {1, gradient_rows, gradient_.width, gradient_.channels},
                                                  {1, rows, input_.width, input_.channels}));
      operators_.push_back(std::move(made));
    }
  return {};
}

void ConvolutionGradient::add_band(int first, int last, int top) {
  // The windows that saw a row r begin at y·stride − top, from r − kernel + 1 to r.
  const int stride = window_.stride;
  const int begin = std::max(first + top - window_.kernel + stride, 0) / stride;
  const int end = std::min((last - 1 + top) / stride + 1, gradient_.height);
  const Geometry geometry{last - first, end - begin, first + top - begin * stride};
  const auto found = std::ranges::find(geometries_, geometry);
  bands_.push_back({first, begin, static_cast<std::size_t>(found - geometries_.begin())});
  if (found == geometries_.end()) geometries_.push_back(geometry);
}

void ConvolutionGradient::run(const float* gradient, float* in_gradient, ThreadPool& pool) {
  if (turned_) return turned_->run(gradient, in_gradient, pool);
  const std::size_t from = static_cast<std::size_t>(gradient_.width) * gradient_.channels;
  const std::size_t to = static_cast<std::size_t>(input_.width) * input_.channels;
  pool.parallel_slots(bands_.size() * gradient_.images, [&](std::size_t slot, std::size_t task) {
    const std::size_t image = task / bands_.size();
    const Band& band = bands_[task % bands_.size()];
    operators_[slot * geometries_.size() + band.geometry].run(
        gradient + (image * gradient_.height + band.first_gradient_row) * from,
        in_gradient + (image * input_.height + band.first_row) * to);
  });
}

}  // namespace effcam::nn
