#include <algorithm>

#include "cam/cam.h"

namespace effcam::cam {

namespace {

// Signed: by the largest magnitude, so that 0 stays 0.
HeatMap normalise_signed(HeatMap map) {
  const float largest = extent(map, true);
  for (float& value : map.values) value = largest > 0 ? value / largest : 0.0f;
  return map;
}

}  // namespace

HeatMap fuse(std::span<const HeatMap> maps, Sign sign) {
  HeatMap mean;
  for (const HeatMap& map : maps) {
    mean.height = std::max(mean.height, map.height);
    mean.width = std::max(mean.width, map.width);
  }
  mean.values.assign(static_cast<std::size_t>(mean.height) * mean.width, 0.0f);
  for (const HeatMap& map : maps) {
    const HeatMap even = upsample(sign == Sign::both ? normalise_signed(map) : normalise(map), mean.height, mean.width);
    for (std::size_t i = 0; i < mean.values.size(); ++i) mean.values[i] += even.values[i];
  }
  for (float& value : mean.values) value /= static_cast<float>(maps.size());
  return mean;
}

}  // namespace effcam::cam
