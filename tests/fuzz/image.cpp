// Any bytes as a picture: decoded, prepared in each way, or refused.
#include "image/image.h"

namespace {

// Puts right checksums on a PNG file's chunks, or none of the fuzzer's changes would get past them.
void sign(std::vector<std::uint8_t>& png) {
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::size_t length = std::size_t{png[at]} << 24 | png[at + 1] << 16 | png[at + 2] << 8 | png[at + 3];
    if (length > png.size() - at - 12) return;
    std::uint32_t crc = 0xFFFFFFFF;
    for (std::size_t i = at + 4; i < at + 8 + length; ++i) {
      crc ^= png[i];
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
    }
    at += 12 + length;
    for (std::size_t i = 0; i < 4; ++i) png[at - 4 + i] = static_cast<std::uint8_t>(~crc >> (24 - 8 * i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace effcam::image;
  std::vector<std::uint8_t> bytes(data, data + size);
  if (size > 8 && data[1] == 'P') sign(bytes);
  const auto image = decode(bytes);
  if (!image || image->width > 2000 || image->height > 2000) return 0;
  for (const Fit fit : {Fit::resize_then_crop, Fit::crop_then_resize, Fit::warp}) {
    const Input input = prepare(*image, {.size = 32, .resize = 36, .fit = fit});
    if (input.values.size() != 3 * 32 * 32) __builtin_trap();
  }
  return 0;
}
