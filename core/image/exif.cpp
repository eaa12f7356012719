// The one thing in EXIF that matters here: which way up the picture is.
#include <optional>

#include "image/container.h"
#include "image/image.h"

namespace effcam::image {

namespace {

// A TIFF structure; a read past its end gives nothing.
class Tiff {
 public:
  explicit Tiff(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::optional<int> orientation() {
    if (!read_byte_order() || read16(2) != 42) return std::nullopt;
    const auto directory = read32(4);
    if (!directory) return std::nullopt;
    const auto entries = read16(*directory);
    if (!entries) return std::nullopt;
    constexpr std::uint64_t kEntry = 12;
    for (std::uint64_t i = 0; i < *entries; ++i) {
      const std::uint64_t at = *directory + 2 + i * kEntry;
      const auto tag = read16(at);
      if (!tag) return std::nullopt;
      if (*tag == 0x0112) return value(at);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool read_byte_order() {
    if (bytes_.size() < 8 || bytes_[0] != bytes_[1]) return false;
    big_ = bytes_[0] == 'M';
    return big_ || bytes_[0] == 'I';
  }

  // A short (3) or a long (4), one of it.
  [[nodiscard]] std::optional<int> value(std::uint64_t at) const {
    const auto type = read16(at + 2);
    const std::uint32_t number = type == 3 ? read16(at + 8).value_or(0) : type == 4 ? read32(at + 8).value_or(0) : 0;
    if (read32(at + 4) != 1 || number < 1 || number > 8) return std::nullopt;
    return static_cast<int>(number);
  }

  [[nodiscard]] std::optional<std::uint32_t> read16(std::uint64_t at) const { return read(at, 2); }
  [[nodiscard]] std::optional<std::uint32_t> read32(std::uint64_t at) const { return read(at, 4); }
  [[nodiscard]] std::optional<std::uint32_t> read(std::uint64_t at, std::uint64_t count) const {
    if (at > bytes_.size() || bytes_.size() - at < count) return std::nullopt;
    std::uint32_t value = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      value = value << 8 | bytes_[static_cast<std::size_t>(big_ ? at + i : at + count - 1 - i)];
    }
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  bool big_ = false;
};

}  // namespace

int tiff_orientation(std::span<const std::uint8_t> tiff) { return Tiff(tiff).orientation().value_or(1); }

int exif_orientation(std::span<const std::uint8_t> bytes) {
  const auto container = read_container(bytes);
  return container ? tiff_orientation(container->exif) : 1;
}

}  // namespace effcam::image
