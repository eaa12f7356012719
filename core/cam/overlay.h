// Heat maps as pictures: colour maps and overlays.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cam/cam.h"

namespace effcam::cam {

enum class ColourMap {
  jet,        // as in the original comparison
  viridis,    // perceptually even (an own polynomial or table under a free licence, see THIRD_PARTY.md)
  diverging,  // blue – white – red, for signed maps in [−1, 1] mapped to [0, 1]
};
[[nodiscard]] std::string_view colour_map_name(ColourMap map);
[[nodiscard]] Result<ColourMap> parse_colour_map(std::string_view name);

using Rgb = std::array<std::uint8_t, 3>;
// `value` in [0, 1] is truncated to one of 256 steps as OpenCV's applyColorMap of (uint8)(255·value) does.
[[nodiscard]] Rgb colour(ColourMap map, float value);

enum class Blend {
  alpha,     // (1 − opacity)·image + opacity·heat
  additive,  // the original comparison's: heat + 255·image, divided by its own maximum
};

// The overlay of `map` (values in [0, 1], any size; upsampled to the picture's) on width × height RGB pixels; the result
// has 3 bytes a pixel.
[[nodiscard]] std::vector<std::uint8_t> overlay(std::span<const std::uint8_t> rgb, int width, int height,
                                                const HeatMap& map, ColourMap colours, Blend blend, float opacity);

}  // namespace effcam::cam
