#include "efficientnet/packer.h"

#include <cmath>
#include <memory>

#include "base/text.h"

namespace effcam::efficientnet {

namespace {

void scale_outputs(std::span<float> weights, std::span<const float> scale) {
  const std::size_t each = weights.size() / scale.size();
  for (std::size_t o = 0; o < scale.size(); ++o)
    for (float& weight : weights.subspan(o * each, each)) weight *= scale[o];
}

// A projection of few inputs multiplies so little that quantising them takes longer than bytes save.
bool quantizes(const Config& config, int in, int out, int kernel) {
  constexpr int kFewInputs = 48;
  return config.precision == Precision::int8 && kernel == 1 && (out > in || in >= kFewInputs);
}

}  // namespace

Result<FoldedNorm> Packer::norm(std::string_view name) const {
  EFFCAM_TRY(const architecture::Norm norm, parameters_->norm(name));
  FoldedNorm folded{std::vector<float>(norm.weight.size()), std::vector<float>(norm.weight.size())};
  for (std::size_t c = 0; c < norm.weight.size(); ++c) {
    if (norm.variance[c] < 0) return fail(name, " has a negative variance at channel ", c);
    const double scale = norm.weight[c] / std::sqrt(static_cast<double>(norm.variance[c]) + config_->epsilon);
    folded.scale[c] = static_cast<float>(scale);
    folded.shift[c] = static_cast<float>(norm.bias[c] - norm.mean[c] * scale);
    if (!std::isfinite(folded.scale[c]) || !std::isfinite(folded.shift[c]))
      return fail(name, " makes a value that is not finite at channel ", c);
  }
  return folded;
}

Result<DenseConvolution> Packer::convolution(std::string_view name, const DenseConvolution::Sizes& sizes, int native,
                                             bool with_norm) const {
  const auto [in, out, kernel, stride] = sizes;
  EFFCAM_TRY(std::vector<float> weights, parameters_->convolution(text(name, ".conv")));
  std::vector<float> bias;
  if (with_norm) {
    EFFCAM_TRY(FoldedNorm folded, norm(text(name, ".bn")));
    scale_outputs(weights, folded.scale);
    bias = std::move(folded.shift);
  }
  DenseConvolution::Forms forms;
  if (quantizes(*config_, in, out, kernel)) forms.quantized = std::make_unique<nn::QuantizedPanels>(in, out, weights, bias);
  if (!forms.quantized || config_->gradients) {
    EFFCAM_TRY(nn::Convolution made, nn::Convolution::create(in, out, kernel, stride, weights, bias));
    forms.forward = std::make_unique<nn::Convolution>(std::move(made));
  }
  if (config_->gradients) {
    EFFCAM_TRY(nn::ConvolutionGradient made, nn::ConvolutionGradient::create(in, out, kernel, stride, weights));
    forms.backward = std::make_unique<nn::ConvolutionGradient>(std::move(made));
  }
  return DenseConvolution(std::move(forms), sizes, {config_->padding, native});
}

Result<PackedDepthwise> Packer::depthwise(std::string_view name, int channels, int kernel, int stride,
                                          int native) const {
  EFFCAM_TRY(std::vector<float> weights, parameters_->convolution(text(name, ".conv")));
  EFFCAM_TRY(const FoldedNorm folded, norm(text(name, ".bn")));
  scale_outputs(weights, folded.scale);
  return PackedDepthwise{nn::Depthwise(channels, kernel, stride, weights, folded.shift), {config_->padding, native}};
}

Result<nn::Linear> Packer::linear(std::string_view name, int in, int out, bool gradient) const {
  EFFCAM_TRY(architecture::Affine affine, parameters_->affine(name));
  return nn::Linear::create(in, out, affine.weight, std::move(affine.bias), gradient);
}

}  // namespace effcam::efficientnet
