// The last steps of decoding a JPEG file as libjpeg does them, bit for bit: doubling the chroma's resolution ("fancy
// upsampling") and the step to RGB. Pillow decodes with libjpeg, and networks are evaluated on Pillow's pixels;
// stb_image's own functions round in another way (up to 3 levels) and mix the last but one column of 4:2:2 wrongly.
#pragma once

#include <algorithm>
#include <cstdint>

namespace effcam::image {

// A row of `width` samples becomes 2·width: three parts of the sample and one of its neighbour, the halves rounded down
// and up by turns.
inline std::uint8_t* double_row(std::uint8_t* out, std::uint8_t* in, std::uint8_t*, int width, int) {
  if (width <= 2) {  // libjpeg only repeats here
    for (int i = 0; i < 2 * width; ++i) out[i] = in[i / 2];
    return out;
  }
  for (int i = 0; i < width; ++i) {
    const int left = in[std::max(i - 1, 0)], right = in[std::min(i + 1, width - 1)];
    out[2 * i] = static_cast<std::uint8_t>((3 * in[i] + left + 1) >> 2);
    out[2 * i + 1] = static_cast<std::uint8_t>((3 * in[i] + right + 2) >> 2);
  }
  return out;
}

// The same in both directions: `near` is the sample row of this output row, `far` the next one on its side.
inline std::uint8_t* double_both(std::uint8_t* out, std::uint8_t* near, std::uint8_t* far, int width, int) {
  if (width <= 2) {
    for (int i = 0; i < 2 * width; ++i) out[i] = near[i / 2];
    return out;
  }
  const auto sum = [&](int i) { return 3 * near[i] + far[i]; };
  for (int i = 0; i < width; ++i) {
    const int left = sum(std::max(i - 1, 0)), right = sum(std::min(i + 1, width - 1));
    out[2 * i] = static_cast<std::uint8_t>((3 * sum(i) + left + 8) >> 4);
    out[2 * i + 1] = static_cast<std::uint8_t>((3 * sum(i) + right + 7) >> 4);
  }
  return out;
}

// `step`: bytes a pixel of the output, 3 or 4.
inline void ycc_to_rgb(std::uint8_t* out, const std::uint8_t* luma, const std::uint8_t* blue, const std::uint8_t* red,
                       int count, int step) {
  // 1.402, 1.772, 0.71414 and 0.34414 in units of 2⁻¹⁶
  constexpr int kRedRed = 91881, kBlueBlue = 116130, kGreenRed = 46802, kGreenBlue = 22554, kHalf = 32768;
  for (int i = 0; i < count; ++i, out += step) {
    const int y = luma[i], cb = blue[i] - 128, cr = red[i] - 128;
    out[0] = static_cast<std::uint8_t>(std::clamp(y + ((kRedRed * cr + kHalf) >> 16), 0, 255));
    out[1] = static_cast<std::uint8_t>(std::clamp(y + ((kHalf - kGreenBlue * cb - kGreenRed * cr) >> 16), 0, 255));
    out[2] = static_cast<std::uint8_t>(std::clamp(y + ((kBlueBlue * cb + kHalf) >> 16), 0, 255));
    if (step == 4) out[3] = 255;
  }
}

}  // namespace effcam::image
