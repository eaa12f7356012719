#include "support/reference_network.h"

#include <algorithm>

#include "base/text.h"

namespace effcam::test {

namespace {

nn::Pads pads(architecture::Padding padding, const nn::Shape& shape, int kernel, int stride) {
  if (padding == architecture::Padding::symmetric) {
    const int each = (kernel - 1) / 2;
    return {each, each, each, each};
  }
  const auto total = [&](int side) { return std::max(((side + stride - 1) / stride - 1) * stride + kernel - side, 0); };
  const int rows = total(shape.height), columns = total(shape.width);
  return {rows / 2, rows - rows / 2, columns / 2, columns - columns / 2};
}

}  // namespace

ReferenceNetwork::ReferenceNetwork(const architecture::Variant& variant, architecture::Padding padding, double epsilon,
                                   const architecture::ParameterSource& parameters)
    : variant_(variant), padding_(padding), epsilon_(epsilon), parameters_(parameters) {}

ReferenceNetwork::Norm ReferenceNetwork::norm(const std::string& name) const {
  const architecture::Norm raw = parameters_.norm(name).value();
  Norm norm{Doubles(raw.weight.size()), Doubles(raw.weight.size())};
  for (std::size_t c = 0; c < raw.weight.size(); ++c) {
    norm.scale[c] = raw.weight[c] / std::sqrt(raw.variance[c] + epsilon_);
    norm.shift[c] = raw.bias[c] - raw.mean[c] * norm.scale[c];
  }
  return norm;
}

Tensor ReferenceNetwork::convolve(const std::string& name, const Tensor& x, int out, int kernel, int stride,
                                  bool depthwise, bool activate) const {
  const nn::Window window{kernel, stride, pads(padding_, x.shape, kernel, stride)};
  const Doubles weights = widened(parameters_.convolution(name + ".conv").value());
  Tensor y{{1, window.output_height(x.shape.height), window.output_width(x.shape.width), out},
           convolution(x.shape, window, out, depthwise, x.values, weights, {})};
  const Norm bn = norm(name + ".bn");
  for (std::size_t i = 0; i < y.values.size(); ++i) {
    const double u = y.values[i] * bn.scale[i % out] + bn.shift[i % out];
    y.values[i] = activate ? swish(u) : u;
  }
  return y;
}

Doubles ReferenceNetwork::affine(const std::string& name, const Doubles& x) const {
  const architecture::Affine layer = parameters_.affine(name).value();
  Doubles y(layer.bias.begin(), layer.bias.end());
  for (std::size_t o = 0; o < y.size(); ++o)
    for (std::size_t i = 0; i < x.size(); ++i) y[o] += layer.weight[o * x.size() + i] * x[i];
  return y;
}

void ReferenceNetwork::squeeze(const std::string& name, Tensor& x) const {
  const std::size_t channels = x.shape.channels;
  Doubles mean(channels);
  for (std::size_t i = 0; i < x.values.size(); ++i) mean[i % channels] += x.values[i] / x.shape.positions();
  Doubles hidden = affine(name + ".reduce", mean);
  for (double& value : hidden) value = swish(value);
  const Doubles gate = affine(name + ".excite", hidden);
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] *= sigmoid(gate[i % channels]);
}

Tensor ReferenceNetwork::part(int index, const Tensor& x) const {
  if (index == 0) return convolve("stem", x, variant_.stem, 3, 2, false, true);
  const architecture::Block& block = variant_.blocks[index - 1];
  const std::string name = text("block.", index - 1);
  Tensor y;
  if (block.kind == architecture::BlockKind::convolution) {
    y = convolve(name, x, block.out, block.kernel, block.stride, false, true);
  } else if (block.kind == architecture::BlockKind::fused_mbconv) {
    y = convolve(name + ".expand", x, block.expanded(), block.kernel, block.stride, false, true);
    y = convolve(name + ".project", y, block.out, 1, 1, false, false);
  } else {
    y = block.expand == 1 ? x : convolve(name + ".expand", x, block.expanded(), 1, 1, false, true);
    y = convolve(name + ".depthwise", y, block.expanded(), block.kernel, block.stride, true, true);
    squeeze(name, y);
    y = convolve(name + ".project", y, block.out, 1, 1, false, false);
  }
  if (block.residual())
    for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] += x.values[i];
  return y;
}

std::vector<Tensor> ReferenceNetwork::places(Tensor input) const {
  std::vector<Tensor> all = {std::move(input)};
  for (int index = 0; index <= static_cast<int>(variant_.blocks.size()); ++index) all.push_back(part(index, all.back()));
  return all;
}

Doubles ReferenceNetwork::logits_from(int place, Tensor values) const {
  for (int index = place; index <= static_cast<int>(variant_.blocks.size()); ++index) values = part(index, values);
  const Tensor features = convolve("head", values, variant_.head, 1, 1, false, true);
  Doubles pooled(variant_.head);
  for (std::size_t i = 0; i < features.values.size(); ++i)
    pooled[i % variant_.head] += features.values[i] / features.shape.positions();
  return affine("classifier", pooled);
}

}  // namespace effcam::test
