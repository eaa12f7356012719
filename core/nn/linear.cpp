#include "nn/linear.h"

#include <algorithm>

#include "nn/own/kernels.h"

namespace effcam::nn {

Result<Linear> Linear::create(int in, int out, std::span<const float> weight, std::vector<float> bias, bool gradient) {
  Linear made;
  EFFCAM_TRY(made.weights_, xnnpack::PackedWeights::pack(in, out, 1, weight, bias));
  made.bias_ = std::move(bias);
  if (!gradient || made.weights_.is_plain()) return made;
  const auto rows = static_cast<std::size_t>(in), columns = static_cast<std::size_t>(out);
  made.transposed_.resize(weight.size());
  for (std::size_t o = 0; o < columns; ++o)
    for (std::size_t i = 0; i < rows; ++i) made.transposed_[i * columns + o] = weight[o * rows + i];
  return made;
}

// An input's weights lie beside each other, tile after tile of outputs (or all of them in the transposed copy); a tile whose
// outputs are all zero, as all but one are where one class is asked about, adds nothing.
void Linear::backward(std::span<const float> y, std::span<float> x) const {
  EFFCAM_CHECK(x.size() == static_cast<std::size_t>(in()) && y.size() == static_cast<std::size_t>(out()));
  EFFCAM_CHECK(weights_.is_plain() || !transposed_.empty());
  const bool packed = transposed_.empty();
  const std::size_t tile = packed ? weights_.tile() : y.size(), skipped = packed ? tile : 0;  // skipped: the biases
  const float* from = packed ? weights_.values().data() : transposed_.data();
  std::ranges::fill(x, 0.0f);
  for (std::size_t first = 0; first < y.size(); first += tile, from += skipped + x.size() * tile) {
    const std::span<const float> some = y.subspan(first, std::min(tile, y.size() - first));
    if (std::ranges::all_of(some, [](float value) { return value == 0.0f; })) continue;
    for (std::size_t k = 0; k < x.size(); ++k) x[k] += kernels().dot(from + skipped + k * tile, some.data(), some.size());
  }
}

}  // namespace effcam::nn
