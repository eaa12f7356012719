#include "efficientnet/squeeze_excitation.h"

#include <algorithm>

namespace effcam::efficientnet {

void SqueezeExcitation::plan(int images) {
  means_.resize(static_cast<std::size_t>(images) * reduce_.in());
  gates_.resize(means_.size());
  hidden_pre_.resize(static_cast<std::size_t>(images) * reduce_.out());
  hidden_.resize(hidden_pre_.size());
}

void SqueezeExcitation::forward(nn::ThreadPool& pool) {
  const std::size_t channels = reduce_.in(), squeezed = reduce_.out();
  for (std::size_t n = 0; n * channels < means_.size(); ++n) {
    const std::span pre(hidden_pre_.data() + n * squeezed, squeezed), hidden(hidden_.data() + n * squeezed, squeezed);
    const std::span gates(gates_.data() + n * channels, channels);
    reduce_.forward({means_.data() + n * channels, channels}, pre, pool);
    nn::kernels().swish(pre.data(), hidden.data(), squeezed);
    excite_.forward(hidden, gates, pool);
    nn::kernels().sigmoid(gates.data(), gates.data(), channels);
  }
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
