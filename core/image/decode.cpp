#include <stb/stb_image.h>

#include <limits>
#include <memory>

#include "image/container.h"
#include "image/image.h"

namespace effcam::image {

namespace {

using Pixels = std::unique_ptr<stbi_uc, decltype(&stbi_image_free)>;

Status check_size(const Container& container) {
  if (container.width == 0 || container.height == 0) {
    return fail("the picture has no pixels: it is ", container.width, " × ", container.height);
  }
  // Both sides have at most 32 bits, so that the product cannot overflow.
  const auto pixels = static_cast<std::uint64_t>(container.width) * static_cast<std::uint64_t>(container.height);
  if (pixels > static_cast<std::uint64_t>(kMaxPixels)) {
    return fail("the picture is too large: it claims ", container.width, " × ", container.height, " pixels, and at most ",
                kMaxPixels / 1'000'000, " million are decoded");
  }
  return {};
}

std::unexpected<Error> decoder_error(std::string_view format) {
  const char* reason = stbi_failure_reason();
  return fail("the ", format, " file cannot be decoded: ", reason != nullptr ? reason : "its data is damaged");
}

// `alpha` parts of `colour` over white, rounded.
std::uint8_t over_white(int colour, int alpha) {
  return static_cast<std::uint8_t>((colour * alpha + 255 * (255 - alpha) + 127) / 255);
}

// The pixel of 1 to 4 channels (grey, grey and alpha, RGB, RGBA) as RGB.
void write_rgb(const stbi_uc* pixel, int channels, std::uint8_t* rgb) {
  const bool colour = channels >= 3;
  const bool transparent = channels == 2 || channels == 4;
  for (int c = 0; c < 3; ++c) {
    const std::uint8_t value = pixel[colour ? c : 0];
    rgb[c] = transparent ? over_white(value, pixel[channels - 1]) : value;
  }
}

// How the upright picture reads the stored one: its axes swapped, then counted from the other side.
struct Turn {
  bool transpose, flip_x, flip_y;
};

constexpr Turn kTurns[8] = {{false, false, false}, {false, true, false}, {false, true, true}, {false, false, true},
                            {true, false, false},  {true, false, true},  {true, true, true},  {true, true, false}};

Image upright(const stbi_uc* stored, int width, int height, int channels, int orientation) {
  const Turn turn = kTurns[orientation - 1];
  Image image{turn.transpose ? height : width, turn.transpose ? width : height, {}};
  const std::size_t size = 3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (orientation == 1 && channels == 3) {
    image.rgb.assign(stored, stored + size);
    return image;
  }
  image.rgb.resize(size);
  std::uint8_t* out = image.rgb.data();
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x, out += 3) {
      int from_x = turn.transpose ? y : x, from_y = turn.transpose ? x : y;
      if (turn.flip_x) from_x = width - 1 - from_x;
      if (turn.flip_y) from_y = height - 1 - from_y;
      const std::size_t index = static_cast<std::size_t>(from_y) * static_cast<std::size_t>(width) +
                                static_cast<std::size_t>(from_x);
      write_rgb(stored + index * static_cast<std::size_t>(channels), channels, out);
    }
  }
  return image;
}

}  // namespace

Result<Image> decode(std::span<const std::uint8_t> bytes) {
  EFFCAM_TRY(const Container container, read_container(bytes));
  EFFCAM_RETURN_IF_ERROR(check_size(container));
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return fail("the file is too large");

  const std::string_view format = container.format == Format::jpeg ? "JPEG" : "PNG";
  const int size = static_cast<int>(bytes.size());
  int width = 0, height = 0, channels = 0;
  if (!stbi_info_from_memory(bytes.data(), size, &width, &height, &channels)) return decoder_error(format);
  // The decoder must see the size that was checked.
  if (width != container.width || height != container.height) return fail("the ", format, " file has two sizes");
  // As many channels as the file has; 16 bits become 8 by their upper half, as in Pillow.
  const Pixels pixels(stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 0), stbi_image_free);
  if (pixels == nullptr) return decoder_error(format);
  return upright(pixels.get(), width, height, channels, tiff_orientation(container.exif));
}

}  // namespace effcam::image
