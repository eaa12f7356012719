// Where a network's weights come from: a checkpoint, or a generator in a test.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace effcam::architecture {

struct Norm {  // batch normalisation, one value a channel each
  std::vector<float> weight, bias, mean, variance;
};
struct Affine {
  std::vector<float> weight;  // [out, in]
  std::vector<float> bias;    // [out]
};

// Weights by the canonical names of architecture::layers, as f32. Every call makes a fresh copy, so that a network can
// be packed one layer at a time and no more than one layer's source is held.
class ParameterSource {
 public:
  virtual ~ParameterSource() = default;
  // Convolutions: OIHW; depthwise: [C, 1, k, k].
  [[nodiscard]] virtual Result<std::vector<float>> convolution(std::string_view layer) const = 0;
  [[nodiscard]] virtual Result<Norm> norm(std::string_view layer) const = 0;
  [[nodiscard]] virtual Result<Affine> affine(std::string_view layer) const = 0;
};

}  // namespace effcam::architecture
