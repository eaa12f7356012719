#include "efficientnet/squeeze_excitation.h"

#include <algorithm>

namespace effcam::efficientnet {

Status SqueezeExcitation::plan(int images, int threads) {
  means_.resize(static_cast<std::size_t>(images) * reduce_.in());
  gates_.resize(means_.size());
  hidden_pre_.resize(static_cast<std::size_t>(images) * reduce_.out());
  hidden_.resize(hidden_pre_.size());
  EFFCAM_RETURN_IF_ERROR(reduce_.plan(images, threads));
  EFFCAM_RETURN_IF_ERROR(excite_.plan(images, threads));
  EFFCAM_TRY(nn::xnnpack::Sigmoid sigmoid, nn::xnnpack::Sigmoid::create(gates_.size()));
  sigmoid_.emplace(std::move(sigmoid));
  return {};
}

void SqueezeExcitation::forward(nn::ThreadPool& pool) {
  reduce_.forward(means_.data(), hidden_pre_.data(), pool);
  nn::kernels().swish(hidden_pre_.data(), hidden_.data(), hidden_.size());
  excite_.forward(hidden_.data(), gates_.data(), pool);
  sigmoid_->run(gates_.data(), gates_.data());
}

void SqueezeExcitation::gate_to_mean(std::span<float> gate, std::span<float> mean, nn::SwishRule rule,
                                     std::size_t positions) {
  for (std::size_t c = 0; c < gate.size(); ++c) gate[c] *= gates_[c] * (1.0f - gates_[c]);
  std::vector<float> hidden(hidden_.size());
  excite_.backward(gate, std::span(hidden).first(reduce_.out()));
  nn::kernels().swish_gradient(hidden.data(), hidden_pre_.data(), rule, reduce_.out());
  reduce_.backward(std::span(hidden).first(reduce_.out()), mean);
  for (float& value : mean) value /= static_cast<float>(positions);
}

void SqueezeExcitation::backward(const nn::Shape& shape, float* gradient, const float* pre, nn::SwishRule rule,
                                 nn::ThreadPool& pool) {
  const std::size_t channels = shape.channels, row = static_cast<std::size_t>(shape.width) * channels;
  std::vector<float> dots(channels), mean(channels), rows(static_cast<std::size_t>(shape.height) * channels);
  for (int target = 0; target < shape.images; ++target) {
    float* g = gradient + static_cast<std::size_t>(target) * shape.image_values();
    pool.parallel_for(shape.height, [&](std::size_t y) {
      nn::kernels().gate_gradient(g + y * row, pre + y * row, rows.data() + y * channels, shape.width, channels);
    });
    std::fill(dots.begin(), dots.end(), 0.0f);
    for (int y = 0; y < shape.height; ++y) nn::kernels().add(dots.data(), rows.data() + y * channels, dots.data(), channels);
    gate_to_mean(dots, mean, rule, shape.positions());
    pool.parallel_for(shape.height, [&](std::size_t y) {
      nn::kernels().squeeze_gradient(g + y * row, pre + y * row, gates_.data(), mean.data(), rule, shape.width,
                                     channels);
    });
  }
}

}  // namespace effcam::efficientnet
