#include <stb/stb_image_write.h>

#include <algorithm>

#include "image/image.h"

namespace effcam::image {

namespace {

void append(void* context, void* data, int size) {
  auto* bytes = static_cast<std::vector<std::uint8_t>*>(context);
  const auto* from = static_cast<const std::uint8_t*>(data);
  bytes->insert(bytes->end(), from, from + size);
}

// The writer counts in int.
Status check(const Image& image) {
  constexpr std::int64_t kLargest = 500'000'000;
  if (image.width <= 0 || image.height <= 0) return fail("a picture without pixels cannot be written");
  if (static_cast<std::int64_t>(image.width) * image.height > kLargest) {
    return fail("a picture of ", image.width, " × ", image.height, " pixels is too large to be written");
  }
  return {};
}

}  // namespace

Result<std::vector<std::uint8_t>> encode_png(const Image& image) {
  EFFCAM_RETURN_IF_ERROR(check(image));
  std::vector<std::uint8_t> bytes;
  if (!stbi_write_png_to_func(append, &bytes, image.width, image.height, 3, image.rgb.data(), 3 * image.width)) {
    return fail("the PNG file could not be made: out of memory");
  }
  return bytes;
}

Result<std::vector<std::uint8_t>> encode_jpeg(const Image& image, int quality) {
  EFFCAM_RETURN_IF_ERROR(check(image));
  constexpr int kLongestSide = 65'535;
  if (std::max(image.width, image.height) > kLongestSide) {
    return fail("a JPEG file cannot hold ", image.width, " × ", image.height, " pixels");
  }
  std::vector<std::uint8_t> bytes;
  if (!stbi_write_jpg_to_func(append, &bytes, image.width, image.height, 3, image.rgb.data(),
                              std::clamp(quality, 1, 100))) {
    return fail("the JPEG file could not be made: out of memory");
  }
  return bytes;
}

}  // namespace effcam::image
