// From a checkpoint's parameters to packed operators, batch norms folded.
#pragma once

#include <string_view>
#include <vector>

#include "architecture/parameters.h"
#include "efficientnet/config.h"
#include "efficientnet/dense_convolution.h"
#include "efficientnet/pads.h"
#include "nn/depthwise.h"
#include "nn/linear.h"

namespace effcam::efficientnet {

// y = scale·x + shift, a batch norm as it is applied: scale = weight/√(variance + ε), shift = bias − mean·scale.
struct FoldedNorm {
  std::vector<float> scale, shift;
};

// A depthwise convolution and where its pads come from.
struct PackedDepthwise {
  nn::Depthwise depthwise;
  PadsRule pads;
};

class Packer {
 public:
  Packer(const Config& config, const architecture::ParameterSource& parameters)
      : config_(&config), parameters_(&parameters) {}

  [[nodiscard]] const Config& config() const { return *config_; }

  // `name` without ".conv" and ".bn". `native`: side of the input at the variant's native size.
  [[nodiscard]] Result<DenseConvolution> convolution(std::string_view name, const DenseConvolution::Sizes& sizes, int native,
                                                     bool with_norm = true) const;
  [[nodiscard]] Result<PackedDepthwise> depthwise(std::string_view name, int channels, int kernel, int stride,
                                                  int native) const;
  [[nodiscard]] Result<nn::Linear> linear(std::string_view name, int in, int out, bool gradient) const;
  [[nodiscard]] Result<FoldedNorm> norm(std::string_view name) const;

 private:
  const Config* config_;
  const architecture::ParameterSource* parameters_;
};

}  // namespace effcam::efficientnet
