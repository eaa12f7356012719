#include "nn/convolution.h"

#include <algorithm>
#include <vector>

#include "nn/own/kernels.h"

namespace effcam::nn {

namespace {

// OIHW → OHWI, the order in which an image lies in memory.
std::vector<float> channels_last(int in, int out, int kernel, std::span<const float> weights) {
  const std::size_t area = static_cast<std::size_t>(kernel) * kernel;
  std::vector<float> turned(weights.size());
  for (std::size_t o = 0; o < static_cast<std::size_t>(out); ++o)
    for (std::size_t i = 0; i < static_cast<std::size_t>(in); ++i)
      for (std::size_t k = 0; k < area; ++k) turned[(o * area + k) * in + i] = weights[(o * in + i) * area + k];
  return turned;
}

}  // namespace

Result<float*> GatedMemory::reserve(std::size_t values) {
  if (blocks_.empty() || blocks_.back().values < values) {
    blocks_.push_back({xnnpack::allocate_floats(values), values});
    if (!blocks_.back().memory) return fail("not enough memory for gated weights");
  }
  return blocks_.back().memory.get();
}

std::size_t GatedMemory::bytes() const {
  std::size_t values = 0;
  for (const Block& block : blocks_) values += block.values;
  return values * sizeof(float);
}

Result<Convolution> Convolution::create(int in, int out, int kernel, int stride, std::span<const float> weights,
                                        std::span<const float> bias) {
  EFFCAM_CHECK(weights.size() == static_cast<std::size_t>(in) * out * kernel * kernel && (kernel > 1 || stride == 1));
  Convolution made;
  made.stride_ = stride;
  if (kernel == 1) {
    EFFCAM_TRY(made.weights_, xnnpack::PackedWeights::pack(in, out, 1, weights, bias));
  } else {
    EFFCAM_TRY(made.weights_, xnnpack::PackedWeights::pack(in, out, kernel, channels_last(in, out, kernel, weights), bias));
  }
  return made;
}

Result<Shape> Convolution::plan(const Shape& input, const Pads& pads, int threads, GatedMemory* gated) {
  const Window window{weights_.kernel(), stride_, pads};
  EFFCAM_CHECK(input.channels == in() && std::max({pads.top, pads.bottom, pads.left, pads.right}) < window.kernel);
  input_ = input;
  output_ = {input.images, window.output_height(input.height), window.output_width(input.width), out()};
  if (output_.height < 1 || output_.width < 1) return fail("an input smaller than a convolution's window");
  if (pointwise()) {
    EFFCAM_RETURN_IF_ERROR(plan_pointwise(threads, gated));
  } else {
    EFFCAM_RETURN_IF_ERROR(windowed_.plan(weights_, window, input_, output_, threads));
  }
  return output_;
}

Status Convolution::plan_pointwise(int threads, GatedMemory* gated) {
  const std::size_t positions = output_.positions();
  gated_weights_ = nullptr;
  if (!gated || !weights_.is_plain() || positions < static_cast<std::size_t>(out()))
    return dense_.plan(weights_, weights_.values().data(), positions * output_.images, threads);
  EFFCAM_TRY(gated_weights_, gated->reserve(weights_.values().size()));
  return dense_.plan(weights_, gated_weights_, positions, threads);
}

void Convolution::run(const float* input, float* output, ThreadPool& pool, const Following& following, const float* gates) {
  EFFCAM_CHECK(gates_weights() == (gates != nullptr));
  if (!pointwise()) return windowed_.run(input, output, following, pool);
  if (!gates) return dense_.run(input, output, following, pool);
  run_gated(input, output, pool, following, gates);
}

void Convolution::run_gated(const float* input, float* output, ThreadPool& pool, Following following, const float* gates) {
  for (int image = 0; image < output_.images; ++image) {
    gate_weights(gates + static_cast<std::size_t>(image) * in(), pool);
    dense_.run(input + image * input_.image_values(), output + image * output_.image_values(), following, pool);
    if (following.residual) following.residual += output_.image_values();
  }
}

double Convolution::xnnpack_multiply_adds() const {
  if (!pointwise()) return windowed_.xnnpack_multiply_adds();
  return dense_.xnnpack_multiply_adds() * (gates_weights() ? output_.images : 1);
}

// Tile by tile: biases as they are, the weights of each input times its gate.
void Convolution::gate_weights(const float* gates, ThreadPool& pool) {
  const std::size_t tile = weights_.tile(), values = weights_.tile_values(), tiles = (out() + tile - 1) / tile;
  constexpr std::size_t kTaskValues = 32768;
  const std::size_t each = std::max<std::size_t>(kTaskValues / values, 1);
  pool.parallel_for((tiles + each - 1) / each, [&](std::size_t task) {
    for (std::size_t t = task * each; t < std::min((task + 1) * each, tiles); ++t) {
      const float* from = weights_.values().data() + t * values;
      float* to = gated_weights_ + t * values;
      std::copy_n(from, tile, to);
      kernels().scale_rows(from + tile, gates, to + tile, in(), tile);
    }
  });
}

}  // namespace effcam::nn
