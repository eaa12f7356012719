#include "nn/whole_tensor.h"

#include <algorithm>

namespace effcam::nn {

namespace {

// Some rows of an image.
struct Band {
  int first, rows;
};

int bands_of(int height, int threads) { return std::clamp(threads, 1, height); }

Band band_of(int height, std::size_t bands, std::size_t band) {
  const auto rows = static_cast<std::size_t>(height);
  const std::size_t first = part_begin(rows, band, bands), last = part_begin(rows, band + 1, bands);
  return {static_cast<int>(first), static_cast<int>(last - first)};
}

std::size_t row_values(const Shape& shape) { return static_cast<std::size_t>(shape.width) * shape.channels; }
Shape of_band(const Shape& shape, const Band& band) { return {1, band.rows, shape.width, shape.channels}; }

// run(image, band) of all images: an operator is planned for a band and holds its pointers, so it has one image at a time.
template <class Task>
void in_bands(const Shape& shape, std::size_t bands, ThreadPool& pool, const Task& run) {
  for (std::size_t image = 0; image < static_cast<std::size_t>(shape.images); ++image)
    pool.parallel_for(bands, [&](std::size_t band) { run(image, band); });
}

// The input rows that a band of a convolution's output sees, and how many rows of pads are above and below them.
struct Seen {
  int first, rows, top, bottom;
};
Seen seen_by(const Band& band, const Window& window, int height) {
  const int begin = band.first * window.stride - window.pads.top;
  const int end = begin + (band.rows - 1) * window.stride + window.kernel;
  const int from = std::max(begin, 0), to = std::min(end, height);
  EFFCAM_CHECK(from < to);
  return {from, to - from, from - begin, end - to};
}

}  // namespace

// ---- sigmoid -----------------------------------------------------------------------------------------------------------

Status WholeSigmoid::plan(const Shape& shape, int threads) {
  shape_ = shape;
  bands_.clear();
  const int bands = bands_of(shape.height, threads);
  for (int band = 0; band < bands; ++band) {
    EFFCAM_TRY(xnnpack::Sigmoid made,
               xnnpack::Sigmoid::create(of_band(shape, band_of(shape.height, bands, band)).values()));
    bands_.push_back(std::move(made));
  }
  return {};
}

void WholeSigmoid::run(const float* in, float* out, ThreadPool& pool) const {
  in_bands(shape_, bands_.size(), pool, [&](std::size_t image, std::size_t band) {
    const std::size_t at =
        image * shape_.image_values() + band_of(shape_.height, bands_.size(), band).first * row_values(shape_);
    bands_[band].run(in + at, out + at);
  });
}

// ---- addition, multiplication --------------------------------------------------------------------------------------------

Status WholeBinary::plan(Binary what, const Shape& a, const Shape& b, int threads) {
  EFFCAM_CHECK(b.channels == a.channels && (b.images == 1 || b.images == a.images));
  EFFCAM_CHECK(b.positions() == 1 || (b.height == a.height && b.width == a.width));
  a_ = a;
  b_ = b;
  bands_.clear();
  const int bands = bands_of(a.height, threads);
  for (int band = 0; band < bands; ++band) {
    const Band rows = band_of(a.height, bands, band);
    const Shape other = b.positions() == 1 ? Shape{1, 1, 1, b.channels} : of_band(b, rows);
    EFFCAM_TRY(xnnpack::BinaryElementwise made, xnnpack::BinaryElementwise::create(what, of_band(a, rows), other));
    bands_.push_back(std::move(made));
  }
  return {};
}

void WholeBinary::run(const float* a, const float* b, float* out, ThreadPool& pool) const {
  in_bands(a_, bands_.size(), pool, [&](std::size_t image, std::size_t band) {
    const std::size_t first = band_of(a_.height, bands_.size(), band).first;
    const std::size_t at = image * a_.image_values() + first * row_values(a_);
    const std::size_t of_image = b_.images == 1 ? 0 : image * b_.image_values();
    bands_[band].run(a + at, b + of_image + (b_.positions() == 1 ? 0 : first * row_values(b_)), out + at);
  });
}

// ---- depthwise convolution -----------------------------------------------------------------------------------------------

Status WholeDepthwise::plan(std::span<const float> weights, std::span<const float> bias, const Window& window,
                            const Shape& input, int threads) {
  window_ = window;
  input_ = input;
  output_ = {input.images, window.output_height(input.height), window.output_width(input.width), input.channels};
  if (output_.height < 1 || output_.width < 1) return fail("an input smaller than a convolution's window");
  bands_.clear();
  const int bands = bands_of(output_.height, threads);
  for (int band = 0; band < bands; ++band) {
    const Seen seen = seen_by(band_of(output_.height, bands, band), window, input.height);
    const Window cut{window.kernel, window.stride, {seen.top, seen.bottom, window.pads.left, window.pads.right}};
    EFFCAM_TRY(xnnpack::DepthwiseConvolution2d made,
               xnnpack::DepthwiseConvolution2d::create(weights, bias, cut, {1, seen.rows, input.width, input.channels}));
    bands_.push_back(std::move(made));
  }
  return {};
}

double WholeDepthwise::xnnpack_multiply_adds() const {
  double sum = 0;
  for (const xnnpack::DepthwiseConvolution2d& band : bands_) sum += band.multiply_adds();
  return sum * output_.images;
}

void WholeDepthwise::run(const float* in, float* out, ThreadPool& pool) const {
  in_bands(output_, bands_.size(), pool, [&](std::size_t image, std::size_t band) {
    const Band rows = band_of(output_.height, bands_.size(), band);
    bands_[band].run(in + image * input_.image_values() + seen_by(rows, window_, input_.height).first * row_values(input_),
                     out + image * output_.image_values() + rows.first * row_values(output_));
  });
}

}  // namespace effcam::nn
