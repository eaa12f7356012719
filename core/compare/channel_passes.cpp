#include "compare/channel_passes.h"

#include <algorithm>
#include <cmath>

#include "compare/field.h"
#include "model/model.h"

namespace effcam::compare {

using efficientnet::Layer;

Layer start_of(cam::Method method, Layer layer) {
  return method == cam::Method::score_cam ? Layer{Layer::Kind::input} : layer;
}

ChannelPasses::ChannelPasses(efficientnet::Network& network, Subject subject, int batch)
    : subject_(std::move(subject)),
      batches_(network, start_of(subject_.method, subject_.layer), masks() ? subject_.input_shape : subject_.shape,
               subject_.shape.channels, batch),
      scores_(subject_.shape.channels) {}

cam::Field ChannelPasses::activation() const { return field_of(subject_.shape, subject_.activation); }

Status ChannelPasses::step(int step, const Objective& objective, nn::ThreadPool& pool) {
  return batches_.step(
      step, [this](int channel, std::span<float> out) { masks() ? mask(channel, out) : ablate(channel, out); },
      [&](int channel, std::span<const float> logits) { scores_[channel] = objective.value(logits); }, pool);
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
  std::vector<float> weights(scores_.begin(), scores_.end());
  if (masks()) return model::softmax(weights);
  // Over its magnitude: a negative score must not turn the map round.
  const double scale = std::abs(subject_.value);
  for (std::size_t c = 0; c < weights.size(); ++c)
    weights[c] = scale == 0 ? 0 : static_cast<float>((subject_.value - scores_[c]) / scale);
  return weights;
}

cam::HeatMap ChannelPasses::map(cam::Sign sign) const { return cam::weighted_map(activation(), weights(), sign); }

}  // namespace effcam::compare
