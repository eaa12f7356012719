// The markers of a JPEG file. stb_image fills what a truncated file lacks with grey and says nothing; here the file is
// walked to its end marker.
#include <algorithm>
#include <string_view>

#include "image/container.h"

namespace effcam::image {

namespace {

constexpr int kEndOfImage = 0xD9, kStartOfScan = 0xDA, kApp1 = 0xE1, kApp14 = 0xEE;

bool is_restart(int marker) { return marker >= 0xD0 && marker <= 0xD7; }
bool stands_alone(int marker) { return is_restart(marker) || marker == 0x01 || marker == 0xD8; }
bool is_frame(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

class Walk {
 public:
  explicit Walk(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] Result<Container> run() {
    while (true) {
      const int marker = next_marker();
      if (marker < 0) return truncated();
      if (marker == kEndOfImage) break;
      if (stands_alone(marker)) continue;
      if (bytes_.size() - at_ < 2) return truncated();
      const std::size_t length = big16(bytes_, at_);
      if (length < 2) return fail("a damaged JPEG file: a segment of ", length, " bytes at byte ", at_);
      if (bytes_.size() - at_ < length) return truncated();
      EFFCAM_RETURN_IF_ERROR(segment(marker, bytes_.subspan(at_ + 2, length - 2)));
      at_ += length;
      has_scan_ = has_scan_ || marker == kStartOfScan;
    }
    if (!has_frame_ || !has_scan_) return fail("a damaged JPEG file: it has no picture before its end marker");
    EFFCAM_RETURN_IF_ERROR(check_colours());
    return std::move(container_);
  }

 private:
  // The next marker from here on, past the entropy-coded data of a scan; negative at the end of the file.
  int next_marker() {
    while (true) {
      const auto found = std::find(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), bytes_.end(), 0xFF);
      at_ = static_cast<std::size_t>(found - bytes_.begin());
      while (at_ < bytes_.size() && bytes_[at_] == 0xFF) ++at_;
      if (at_ >= bytes_.size()) return -1;
      const int marker = bytes_[at_++];
      if (marker != 0) return marker;  // FF 00 is the data byte FF
    }
  }

  Status segment(int marker, std::span<const std::uint8_t> body) {
    if (is_frame(marker)) return frame(marker, body);
    constexpr std::string_view kExif("Exif\0\0", 6), kAdobe("Adobe\0", 6);
    const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
    if (marker == kApp1 && text.starts_with(kExif) && container_.exif.empty()) {
      container_.exif = body.subspan(kExif.size());
    }
    if (marker == kApp14 && text.starts_with(kAdobe) && body.size() >= 12) adobe_transform_ = body[11];
    return {};
  }

  Status frame(int marker, std::span<const std::uint8_t> body) {
    if (has_frame_) return fail("a damaged JPEG file: it has two frames");
    has_frame_ = true;
    if (marker > 0xC2) return fail("a lossless or arithmetic-coded JPEG file; only baseline and progressive are decoded");
    if (body.size() < 6) return fail("a damaged JPEG file: its frame header is too short");
    if (body[0] != 8) return fail("a JPEG file with ", static_cast<int>(body[0]), " bits a colour; only 8 are decoded");
    container_.height = big16(body, 1);
    container_.width = big16(body, 3);
    components_ = body[5];
    return {};
  }

  // Four components are CMYK or YCCK as Adobe's marker says; without it stb_image would show wrong colours.
  Status check_colours() const {
    const bool known = components_ == 1 || components_ == 3 ||
                       (components_ == 4 && (adobe_transform_ == 0 || adobe_transform_ == 2));
    if (known) return {};
    if (components_ == 4) {
      return fail("a CMYK JPEG file without Adobe's marker, whose colours are not known; save it as RGB");
    }
    return fail("a JPEG file with ", components_, " colour components; 1, 3 or 4 are decoded");
  }

  [[nodiscard]] std::unexpected<Error> truncated() const {
    return fail("the JPEG file is truncated: it ends after ", bytes_.size(), " bytes without its end marker");
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 2;
  Container container_;
  bool has_frame_ = false, has_scan_ = false;
  int components_ = 0, adobe_transform_ = -1;
};

}  // namespace

Result<Container> read_jpeg(std::span<const std::uint8_t> bytes) { return Walk(bytes).run(); }

}  // namespace effcam::image
