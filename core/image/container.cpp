#include "image/container.h"

#include <algorithm>
#include <string_view>

namespace effcam::image {

namespace {

bool has(std::span<const std::uint8_t> bytes, std::size_t at, std::string_view pattern) {
  return bytes.size() >= at + pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

struct Signature {
  std::size_t at;
  std::string_view pattern, name;
};

// Formats that people try; naming them is kinder than "not an image".
constexpr Signature kOthers[] = {
    {0, "GIF8", "a GIF"},        {8, "WEBP", "a WebP picture"}, {4, "ftypavif", "an AVIF picture"},
    {4, "ftyphei", "a HEIC picture"}, {4, "ftypmif1", "a HEIC picture"}, {0, "BM", "a BMP picture"},
    {0, "II*", "a TIFF picture"}, {0, "MM", "a TIFF picture"},  {0, "%PDF", "a PDF document"},
    {0, "<svg", "an SVG drawing"}, {0, "<", "a text"},
};

}  // namespace

Result<Container> read_container(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
  constexpr std::string_view kJpeg = "\xFF\xD8\xFF";
  if (bytes.empty()) return fail("the file is empty");
  if (has(bytes, 0, kPng)) return read_png(bytes);
  if (has(bytes, 0, kJpeg)) return read_jpeg(bytes);
  for (const Signature& other : kOthers) {
    if (has(bytes, other.at, other.pattern)) return fail("the file is ", other.name, "; pictures are JPEG or PNG files");
  }
  return fail("not a picture: neither a JPEG nor a PNG file");
}

}  // namespace effcam::image
