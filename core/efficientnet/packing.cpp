#include "efficientnet/packing.h"

#include <algorithm>
#include <cmath>

#include "nn/elementwise.h"

namespace effcam::efficientnet {

using architecture::Padding;

// ---- pads ------------------------------------------------------------------------------------------------------------

PadPair pads_of(Padding padding, int size, int native, int kernel, int stride) {
  if (padding == Padding::symmetric || (padding == Padding::same_fixed && stride == 1))
    return {(kernel - 1) / 2, (kernel - 1) / 2};
  const int side = padding == Padding::same ? size : native;
  const int total = std::max(((side + stride - 1) / stride - 1) * stride + kernel - side, 0);
  return {total / 2, total - total / 2};
}

nn::Pads pads_of(Padding padding, const nn::Shape& input, int native, int kernel, int stride) {
  const PadPair rows = pads_of(padding, input.height, native, kernel, stride);
  const PadPair columns = pads_of(padding, input.width, native, kernel, stride);
  return {rows.before, rows.after, columns.before, columns.after};
}

// ---- dense convolutions ----------------------------------------------------------------------------------------------

Result<Value> PackedConvolution::plan_forward(Plan& plan, const Value& input, ForwardUse use) {
  input_ = input;
  quantizes_ = forms_.quantized != nullptr && !use.for_backward;
  if (quantizes_) {
    nn::Shape shape = input.shape;
    shape.channels = out_;
    plan.use(input);
    output_ = plan.make(shape);
    quantized_rows_ = plan.scratch(nn::QuantizedRows::floats(shape.images * shape.positions(), in_));
    return output_;
  }
  nn::Convolution& forward = *forms_.forward;
  if (same_) window_.pads = pads_of(Padding::same, input.shape, 0, window_.kernel, window_.stride);
  EFFCAM_TRY(const nn::Shape shape,
             forward.plan(input.shape, plan.pool(), use.gated ? nn::Gated::yes : nn::Gated::no));
  plan.use(input);
  output_ = plan.make(shape);
  return output_;
}

void PackedConvolution::forward_quantized(const Run& run, const float* residual, const float* gates) {
  const auto positions = static_cast<int>(input_.shape.positions());
  const nn::QuantizedRows rows(positions * input_.shape.images, in_, run.arena.data(quantized_rows_));
  rows.fill(run.data(input_), gates, positions, run.pool);
  nn::QuantizedProduct product = forms_.quantized->product(rows, 0, 0, out_);
  product.residual = residual;
  product.out = run.data(output_);
  nn::multiply(product, run.pool);
}

Status PackedConvolution::forward(const Run& run, const nn::Following& following, const float* gates) {
  if (quantizes_) {
    EFFCAM_CHECK(!following.swish);  // no 1×1 convolution has one but an expansion, which is made with what follows it
    forward_quantized(run, following.residual, gates);
    return {};
  }
  if (gates && !forms_.forward->gates_weights()) {
    nn::scale(input_.shape, run.data(input_), gates, run.pool);
    gates = nullptr;
  }
  forms_.forward->run(run.data(input_), run.data(output_), run.pool, following, gates);
  return {};
}

Result<Value> PackedConvolution::plan_backward(Plan& plan, const Value& gradient) {
  EFFCAM_CHECK(forms_.backward != nullptr);
  gradient_ = gradient;
  EFFCAM_TRY(const nn::Shape shape, forms_.backward->plan(gradient.shape, plan.pool()));
  plan.use(gradient);
  columns_ = plan.make(shape);
  in_gradient_ = columns_;
  if (window_.kernel > 1) {
    nn::Shape in_shape = input_.shape;
    in_shape.images = gradient.shape.images;
    plan.tick();
    plan.use(columns_);
    in_gradient_ = plan.make(in_shape);
  }
  return in_gradient_;
}

Status PackedConvolution::backward(const Run& run) {
  forms_.backward->run(run.data(gradient_), run.data(columns_), run.pool);
  if (window_.kernel > 1)
    nn::columns_to_image(input_.shape, gradient_.shape, window_, run.data(columns_), run.data(in_gradient_), run.pool);
  return {};
}

std::size_t PackedConvolution::weight_bytes() const {
  return (forms_.forward ? forms_.forward->weight_bytes() : 0) +
         (forms_.quantized ? forms_.quantized->weight_bytes() : 0) +
         (forms_.backward ? forms_.backward->weight_bytes() : 0);
}

// ---- packing ---------------------------------------------------------------------------------------------------------

namespace {

// O × (I·K·K) → (K·K·I) × O: row (k·I + i) of the result is what the columns' value (k, i) is made of.
std::vector<float> transposed(int in, int out, int kernel, std::span<const float> weights) {
  const std::size_t area = static_cast<std::size_t>(kernel) * kernel;
  std::vector<float> turned(weights.size());
  for (std::size_t o = 0; o < static_cast<std::size_t>(out); ++o)
    for (std::size_t i = 0; i < static_cast<std::size_t>(in); ++i)
      for (std::size_t k = 0; k < area; ++k) turned[(k * in + i) * out + o] = weights[(o * in + i) * area + k];
  return turned;
}

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

Result<PackedConvolution> Packer::convolution(std::string_view name, int in, int out, int kernel, int stride,
                                              int native, bool with_norm) const {
  EFFCAM_TRY(std::vector<float> weights, parameters_->convolution(text(name, ".conv")));
  std::vector<float> bias;
  if (with_norm) {
    EFFCAM_TRY(FoldedNorm folded, norm(text(name, ".bn")));
    scale_outputs(weights, folded.scale);
    bias = std::move(folded.shift);
  }
  const bool same = config_->padding == Padding::same && kernel > 1;
  const PadPair pads = pads_of(config_->padding, native, native, kernel, stride);
  const nn::Window window{kernel, stride, {pads.before, pads.after, pads.before, pads.after}};
  PackedConvolution::Forms forms;
  if (quantizes(*config_, in, out, kernel)) forms.quantized = std::make_unique<nn::QuantizedPanels>(in, out, weights, bias);
  if (!forms.quantized || config_->gradients) {
    EFFCAM_TRY(nn::Convolution made, nn::Convolution::create(in, out, window, same, weights, bias));
    forms.forward = std::make_unique<nn::Convolution>(std::move(made));
  }
  if (config_->gradients) {
    const std::vector<float> turned = transposed(in, out, kernel, weights);
    EFFCAM_TRY(nn::Convolution made, nn::Convolution::create(out, in * kernel * kernel, {}, false, turned, {}));
    forms.backward = std::make_unique<nn::Convolution>(std::move(made));
  }
  return PackedConvolution(std::move(forms), in, out, window, same);
}

Result<PackedDepthwise> Packer::depthwise(std::string_view name, int channels, int kernel, int stride,
                                          int native) const {
  EFFCAM_TRY(std::vector<float> weights, parameters_->convolution(text(name, ".conv")));
  EFFCAM_TRY(const FoldedNorm folded, norm(text(name, ".bn")));
  scale_outputs(weights, folded.scale);
  return PackedDepthwise{nn::Depthwise(channels, kernel, stride, weights, folded.shift), config_->padding, native};
}

Result<nn::Linear> Packer::linear(std::string_view name, int in, int out) const {
  EFFCAM_TRY(architecture::Affine affine, parameters_->affine(name));
  return nn::Linear(in, out, std::move(affine.weight), std::move(affine.bias));
}

}  // namespace effcam::efficientnet
