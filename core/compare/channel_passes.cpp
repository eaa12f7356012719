#include "compare/channel_passes.h"

#include <algorithm>
#include <cmath>

namespace effcam::compare {

using efficientnet::Layer;
using efficientnet::LayerShape;

Layer start_of(cam::Method method, Layer layer) {
  return method == cam::Method::score_cam ? Layer{Layer::Kind::input} : layer;
}

cam::Field ChannelPasses::activation() const {
  return {subject_.shape.height, subject_.shape.width, subject_.shape.channels, subject_.activation};
}

Status ChannelPasses::step(int step, const Objective& objective, nn::ThreadPool& pool) {
  const LayerShape& shape = masks() ? subject_.input_shape : subject_.shape;
  if (step == 0) {
    EFFCAM_RETURN_IF_ERROR(network_.plan_from(start_of(subject_.method, subject_.layer), shape, batch_, pool));
    inputs_.resize(static_cast<std::size_t>(batch_) * shape.height * shape.width * shape.channels);
  }
  const int each = network_.forward_steps(), first = step / each * batch_;
  if (step % each == 0) fill(first, pool);
  EFFCAM_RETURN_IF_ERROR(network_.forward_step(step % each, inputs_, pool));
  if (step % each + 1 < each) return {};
  const std::size_t classes = network_.config().classes;
  const int count = std::min(batch_, subject_.shape.channels - first);
  for (int i = 0; i < count; ++i)
    scores_[first + i] = objective.value(network_.logits().subspan(static_cast<std::size_t>(i) * classes, classes));
  return {};
}

// The last batch is filled up with its last channel.
void ChannelPasses::fill(int first, nn::ThreadPool& pool) {
  const std::size_t values = inputs_.size() / batch_;
  pool.parallel_for(batch_, [&](std::size_t i) {
    const int channel = std::min(first + static_cast<int>(i), subject_.shape.channels - 1);
    const std::span out = std::span(inputs_).subspan(i * values, values);
    masks() ? mask(channel, out) : ablate(channel, out);
  });
}

void ChannelPasses::mask(int channel, std::span<float> out) const {
  const cam::HeatMap mask =
      cam::channel_mask(activation(), channel, subject_.input_shape.height, subject_.input_shape.width);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = subject_.input[i] * mask.values[i / 3];
}

void ChannelPasses::ablate(int channel, std::span<float> out) const {
  std::ranges::copy(subject_.activation, out.begin());
  for (std::size_t i = channel; i < out.size(); i += subject_.shape.channels) out[i] = 0;
}

std::vector<float> ChannelPasses::weights() const {
  std::vector<double> weights = scores_;
  if (masks()) {
    const double highest = std::ranges::max(weights);
    double sum = 0;
    for (double& weight : weights) sum += weight = std::exp(weight - highest);
    for (double& weight : weights) weight /= sum;
  } else {
    // Over its magnitude: a negative score must not turn the map round.
    const double scale = std::abs(subject_.value);
    for (double& weight : weights) weight = scale == 0 ? 0 : (subject_.value - weight) / scale;
  }
  return {weights.begin(), weights.end()};
}

cam::HeatMap ChannelPasses::map(cam::Sign sign) const { return cam::weighted_map(activation(), weights(), sign); }

}  // namespace effcam::compare
