// Text on pictures.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "image/image.h"

namespace effcam::compare {

// The typeface of everything that effcam draws: a TrueType file (assets/fonts), Latin letters only.
[[nodiscard]] std::span<const std::uint8_t> typeface();

// White text with a dark rim, its top left corner at (x, y), `size` pixels high; what does not fit in `width` pixels is
// left out, with an ellipsis.
void draw_text(image::Image& picture, int x, int y, float size, int width, std::string_view utf8);

}  // namespace effcam::compare
