// The chunks of a PNG file, with their checksums, which stb_image does not look at.
#include <algorithm>
#include <array>
#include <string_view>

#include "image/container.h"

namespace effcam::image {

namespace {

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}();

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  std::uint32_t value = 0xFFFFFFFFu;
  for (const std::uint8_t byte : bytes) value = kCrcTable[(value ^ byte) & 0xFF] ^ (value >> 8);
  return ~value;
}

constexpr std::size_t kSignature = 8, kHeaderChunk = 13, kAround = 12;  // length, type and checksum

std::unexpected<Error> truncated(std::span<const std::uint8_t> bytes) {
  return fail("the PNG file is truncated: it ends after ", bytes.size(), " bytes without its end chunk");
}

struct Chunk {
  std::string_view type;
  std::span<const std::uint8_t> body;
  [[nodiscard]] bool critical() const { return (type[0] & 0x20) == 0; }
};

Result<Chunk> read_chunk(std::span<const std::uint8_t> bytes, std::size_t at) {
  if (bytes.size() - at < kAround) return truncated(bytes);
  const std::size_t length = big32(bytes, at);
  if (bytes.size() - at - kAround < length) return truncated(bytes);
  const Chunk chunk{{reinterpret_cast<const char*>(bytes.data()) + at + 4, 4}, bytes.subspan(at + 8, length)};
  const bool letters = std::ranges::all_of(
      chunk.type, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
  if (!letters) return fail("a damaged PNG file: there is no chunk at byte ", at);
  if (chunk.critical() && crc32(bytes.subspan(at + 4, length + 4)) != big32(bytes, at + 8 + length)) {
    return fail("a damaged PNG file: the checksum of its ", chunk.type, " chunk at byte ", at, " is wrong");
  }
  return chunk;
}

}  // namespace

Result<Container> read_png(std::span<const std::uint8_t> bytes) {
  Container container;
  container.format = Format::png;
  bool has_header = false, has_data = false;
  for (std::size_t at = kSignature;;) {
    EFFCAM_TRY(const Chunk chunk, read_chunk(bytes, at));
    at += kAround + chunk.body.size();
    if (!has_header) {
      if (chunk.type != "IHDR" || chunk.body.size() != kHeaderChunk) {
        return fail("a damaged PNG file: it does not start with its header chunk");
      }
      has_header = true;
      container.width = big32(chunk.body, 0);
      container.height = big32(chunk.body, 4);
    } else if (chunk.type == "IDAT") {
      has_data = true;
    } else if (chunk.type == "eXIf") {
      container.exif = chunk.body;
    } else if (chunk.type == "IEND") {
      break;
    } else if (chunk.critical() && chunk.type != "PLTE") {
      return fail("a damaged PNG file: it has a chunk ", chunk.type, " that no decoder knows");
    }
  }
  if (!has_data) return fail("a damaged PNG file: it has no picture data");
  return container;
}

}  // namespace effcam::image
