#include "cam/overlay.h"

#include <algorithm>
#include <cstddef>

namespace effcam::cam {

namespace {

using Pixels = std::vector<std::uint8_t>;

Pixels paint(const HeatMap& map, ColourMap colours) {
  Pixels heat;
  heat.reserve(map.values.size() * 3);
  for (float value : map.values) {
    const Rgb rgb = colour(colours, value);
    heat.insert(heat.end(), rgb.begin(), rgb.end());
  }
  return heat;
}

void blend_alpha(std::span<const std::uint8_t> image, float opacity, Pixels& heat) {
  const double share = opacity > 0 ? std::min(opacity, 1.0f) : 0.0;
  std::ranges::transform(image, heat, heat.begin(), [share](int below, int above) {
    return static_cast<std::uint8_t>(below + share * (above - below) + 0.5);
  });
}

// Both in bytes, the sum is at most 510; the largest of the picture becomes 255.
void blend_additive(std::span<const std::uint8_t> image, Pixels& heat) {
  int largest = 0;
  for (std::size_t i = 0; i < heat.size(); ++i) largest = std::max(largest, heat[i] + image[i]);
  if (largest == 0) return;
  std::ranges::transform(image, heat, heat.begin(), [largest](int below, int above) {
    return static_cast<std::uint8_t>((510 * (below + above) + largest) / (2 * largest));  // rounded
  });
}

}  // namespace

std::vector<std::uint8_t> overlay(std::span<const std::uint8_t> rgb, int width, int height, const HeatMap& map,
                                  ColourMap colours, Blend blend, float opacity) {
  EFFCAM_CHECK(width > 0 && height > 0);
  EFFCAM_CHECK(rgb.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  Pixels picture = paint(upsample(map, height, width), colours);
  if (blend == Blend::alpha) {
    blend_alpha(rgb, opacity, picture);
  } else {
    blend_additive(rgb, picture);
  }
  return picture;
}

}  // namespace effcam::cam
