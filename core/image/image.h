// Photographs: from the bytes of a file to an upright RGB picture, and from there to what a network is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/preprocessing.h"

namespace effcam::image {

// An upright picture: height × width × 3 bytes (RGB), row by row, no padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

// No picture with more pixels than this is decoded (the decoder would need 16 bytes a pixel at worst).
inline constexpr std::int64_t kMaxPixels = 100'000'000;

// Decodes a JPEG or PNG file: grey, RGB, RGBA (over white), palette, 16-bit, progressive, Adobe's CMYK; applies the EXIF
// orientation. The pixels are those of Pillow (with libjpeg), bit for bit. Errors say what is wrong with the bytes (empty,
// truncated, not an image, too large, zero-sized, CMYK of unknown colours); the caller adds the file's name.
[[nodiscard]] Result<Image> decode(std::span<const std::uint8_t> bytes);

// The EXIF orientation of a JPEG or PNG file, 1 to 8; 1 where there is none or it cannot be read.
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> bytes);

// A part of a picture in its pixels: [left, left + width) × [top, top + height).
struct Box {
  double left = 0, top = 0, width = 0, height = 0;
  bool operator==(const Box&) const = default;
};

// The part `box` of `source` resized to width × height exactly as Pillow's Image.resize(size, filter, box) does on an
// RGB image: antialiased when it shrinks, two passes with 8-bit rounding between, fixed-point weights. nearest picks the
// pixel under the centre.
[[nodiscard]] Image resize(const Image& source, int width, int height, Filter filter, Box box);
[[nodiscard]] Image resize(const Image& source, int width, int height, Filter filter);

// The pixels [left, left + width) × [top, top + height); the box lies inside the picture.
[[nodiscard]] Image crop(const Image& source, int left, int top, int width, int height);

// What the network is shown.
struct Input {
  int height = 0, width = 0;
  std::vector<float> values;  // NHWC: height × width × 3, normalised: (x/255 − mean)/std
  Image seen;                 // the same pixels before normalisation
  Box box;                    // the part of the upright picture that `seen` shows, in the picture's pixels
};

// A picture that already is size × size passes through unresampled, whatever the fit.
[[nodiscard]] Input prepare(const Image& source, const Preprocessing& preprocessing);

[[nodiscard]] Result<std::vector<std::uint8_t>> encode_png(const Image& image);
[[nodiscard]] Result<std::vector<std::uint8_t>> encode_jpeg(const Image& image, int quality);

}  // namespace effcam::image
