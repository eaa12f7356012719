// What the outside of a JPEG or PNG file says, read without decoding: the checks that stb_image does not make.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace effcam::image {

enum class Format { jpeg, png };

struct Container {
  Format format = Format::jpeg;
  std::int64_t width = 0, height = 0;  // as stored, before the orientation; neither checked nor limited
  std::span<const std::uint8_t> exif;  // the TIFF structure with the orientation; empty where there is none
};

// Errors: not a JPEG or PNG file, a kind of either that cannot be decoded, a file that ends before its end marker, a
// damaged PNG chunk.
[[nodiscard]] Result<Container> read_container(std::span<const std::uint8_t> bytes);

// The parts of read_container; the signature has been seen.
[[nodiscard]] Result<Container> read_jpeg(std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<Container> read_png(std::span<const std::uint8_t> bytes);

// The orientation in a TIFF structure, 1 to 8; 1 where there is none or it cannot be read.
[[nodiscard]] int tiff_orientation(std::span<const std::uint8_t> tiff);

// Big-endian numbers; the bytes are there.
[[nodiscard]] inline std::uint32_t big16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at] << 8 | bytes[at + 1]);
}
[[nodiscard]] inline std::uint32_t big32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return big16(bytes, at) << 16 | big16(bytes, at + 2);
}

}  // namespace effcam::image
