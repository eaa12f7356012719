#include "nn/windowed_product.h"

#include <algorithm>

namespace effcam::nn {

namespace {

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

// An operator passes over all its weights for every few positions: as in a DenseProduct they should stay in a core's second
// cache, and a band has as many positions as make reading them worth it. A band's operator also holds a pointer for each
// position and each place of the window.
void WindowedProduct::divide(const xnnpack::PackedWeights& weights, int threads) {
  constexpr std::size_t kSliceBytes = 512 << 10, kBandPositions = 512;
  const std::size_t tile = weights.tile(), tiles = divide_up(output_.channels, tile);
  const std::size_t slices = std::clamp<std::size_t>(divide_up(weights.bytes(), kSliceBytes), 1, tiles);
  slice_ = static_cast<int>(divide_up(tiles, slices) * tile);
  std::size_t bands = divide_up(output_.positions(), kBandPositions);
  if (threads > 1) {
    const std::size_t wanted = static_cast<std::size_t>(ThreadPool::kLeastTasks) * threads;
    bands = std::max(bands, divide_up(wanted, static_cast<std::size_t>(output_.images) * this->slices()));
  }
  // All of one height but the last, so that few geometries are needed.
  const int height = static_cast<int>(std::max<std::size_t>(output_.height / bands, 1));
  bands_.clear();
  geometries_.clear();
  for (int first = 0; first < output_.height; first += height) add_band(first, std::min(first + height, output_.height));
}

void WindowedProduct::add_band(int first, int last) {
  const int begin = first * window_.stride - window_.pads.top;
  const int end = (last - 1) * window_.stride - window_.pads.top + window_.kernel;
  const int from = std::max(begin, 0), to = std::min(end, input_.height);
  EFFCAM_CHECK(from < to);
  const Geometry geometry{to - from, from - begin, end - to};
  const auto found = std::ranges::find(geometries_, geometry);
  bands_.push_back({first, last - first, from, static_cast<std::size_t>(found - geometries_.begin())});
  if (found == geometries_.end()) geometries_.push_back(geometry);
}

Status WindowedProduct::plan(const xnnpack::PackedWeights& weights, const Window& window, const Shape& input,
                             const Shape& output, int threads) {
  window_ = window;
  input_ = input;
  output_ = output;
  divide(weights, threads);
  operators_.clear();
  for (int thread = 0; thread < threads; ++thread)
    for (const auto& [rows, top, bottom] : geometries_)
      for (int first = 0; first < output.channels; first += slice_) {
        const Window seen{window.kernel, window.stride, {top, bottom, window.pads.left, window.pads.right}};
        EFFCAM_TRY(xnnpack::Convolution2d made,
                   xnnpack::Convolution2d::create(weights, weights.values().data(),
                                                  {first, std::min(slice_, output.channels - first)}, seen,
                                                  {1, rows, input.width, input.channels}, output.channels));
        operators_.push_back(std::move(made));
      }
  return {};
}

void WindowedProduct::run(const float* in, float* out, const Following& following, ThreadPool& pool) const {
  const std::size_t slices = this->slices(), channels = output_.channels;
  const std::size_t in_row = static_cast<std::size_t>(input_.width) * input_.channels;
  pool.parallel_slots(bands_.size() * output_.images * slices, [&](std::size_t slot, std::size_t task) {
    const std::size_t slice = task % slices, image = task / slices / bands_.size();
    const Band& band = bands_[task / slices % bands_.size()];
    const std::size_t first = slice * slice_;
    const std::size_t at = (image * output_.height + band.first_row) * output_.width * channels + first;
    operators_[(slot * geometries_.size() + band.geometry) * slices + slice].run(
        in + image * input_.image_values() + band.first_input_row * in_row, out + at);
    follow(following,
           {.at = at,
            .lines = static_cast<std::size_t>(band.rows) * output_.width,
            .length = std::min<std::size_t>(slice_, channels - first),
            .stride = channels},
           out);
  });
}

double WindowedProduct::xnnpack_multiply_adds() const {
  double of_image = 0;
  const std::size_t slices = this->slices();
  for (const Band& band : bands_)
    for (std::size_t slice = 0; slice < slices; ++slice)
      of_image += operators_[band.geometry * slices + slice].multiply_adds();
  return of_image * input_.images;
}

}  // namespace effcam::nn
