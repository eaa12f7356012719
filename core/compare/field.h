// What cam/ reads of a network.
#pragma once

#include "cam/cam.h"
#include "efficientnet/network.h"

namespace effcam::compare {

// Values of a layer as cam/ takes them; they outlive the result.
[[nodiscard]] inline cam::Field field_of(const efficientnet::LayerShape& shape, std::span<const float> values) {
  return {shape.height, shape.width, shape.channels, values};
}

// The map of a target of the last backward pass (without one for methods that need none).
[[nodiscard]] inline cam::HeatMap map_of(const efficientnet::Network& network, cam::Method method,
                                         efficientnet::Layer layer, cam::Sign sign, int target = 0) {
  const efficientnet::LayerShape shape = network.shape(layer);
  const cam::Field gradient =
      cam::needs_gradient(method) ? field_of(shape, network.gradient(layer, target)) : cam::Field{};
  return cam::heat_map(method, field_of(shape, network.activation(layer)), gradient, sign);
}

}  // namespace effcam::compare
