#include "compare/lettering.h"

#include <algorithm>
#include <vector>

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb_truetype.h>

extern "C" {
extern const unsigned char effcam_font_regular[];
extern const unsigned long effcam_font_regular_size;
}

namespace effcam::compare {

std::span<const std::uint8_t> typeface() { return {effcam_font_regular, effcam_font_regular_size}; }

namespace {

// The next code point of well-formed UTF-8; a broken sequence gives U+FFFD and one byte is passed.
char32_t next_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  std::size_t length = 1;
  char32_t code = 0xFFFD;
  if (first < 0x80) {
    code = first;
  } else if (first >= 0xC2 && first < 0xE0 && follows(1)) {
    code = (first & 0x1F) << 6 | (byte(1) & 0x3F), length = 2;
  } else if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2)) {
    code = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), length = 3;
  } else if (first >= 0xF0 && first < 0xF5 && follows(1) && follows(2) && follows(3)) {
    code = (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), length = 4;
  }
  text.remove_prefix(length);
  return code;
}

class Letters {
 public:
  explicit Letters(float size) : good_(stbtt_InitFont(&font_, typeface().data(), 0) != 0) {
    scale_ = stbtt_ScaleForPixelHeight(&font_, size);
    int ascent = 0;
    stbtt_GetFontVMetrics(&font_, &ascent, nullptr, nullptr);
    baseline_ = ascent * scale_;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] float advance(char32_t code) const {
    int advance = 0;
    stbtt_GetCodepointHMetrics(&font_, static_cast<int>(code), &advance, nullptr);
    return advance * scale_;
  }
  // Adds the letter's coverage to a width × height mask.
  void draw(std::vector<std::uint8_t>& mask, int width, int height, float x, char32_t code) const {
    int left = 0, top = 0, w = 0, h = 0;
    unsigned char* letter = stbtt_GetCodepointBitmapSubpixel(&font_, scale_, scale_, x - static_cast<int>(x), 0,
                                                             static_cast<int>(code), &w, &h, &left, &top);
    for (int row = 0; row < h; ++row)
      for (int column = 0; column < w; ++column) {
        const int px = static_cast<int>(x) + left + column, py = static_cast<int>(baseline_) + top + row;
        if (px < 0 || py < 0 || px >= width || py >= height) continue;
        std::uint8_t& value = mask[static_cast<std::size_t>(py) * width + px];
        value = std::max<std::uint8_t>(value, letter[row * w + column]);
      }
    stbtt_FreeBitmap(letter, nullptr);
  }

 private:
  stbtt_fontinfo font_{};
  bool good_;
  float scale_ = 1, baseline_ = 0;
};

std::vector<std::uint8_t> mask_of(const Letters& letters, int width, int height, std::string_view text) {
  constexpr char32_t kEllipsis = 0x2026;
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(width) * height);
  float x = 2;
  while (!text.empty()) {
    const char32_t code = next_code_point(text);
    const float room = text.empty() ? 0 : letters.advance(kEllipsis);
    if (x + letters.advance(code) + room > static_cast<float>(width - 2)) {
      letters.draw(mask, width, height, x, kEllipsis);
      break;
    }
    letters.draw(mask, width, height, x, code);
    x += letters.advance(code);
  }
  return mask;
}

}  // namespace

void draw_text(image::Image& picture, int x, int y, float size, int width, std::string_view utf8) {
  const Letters letters(size);
  const int w = std::min(width, picture.width - x), h = std::min(static_cast<int>(size) + 4, picture.height - y);
  if (!letters.good() || w <= 4 || h <= 0 || x < 0 || y < 0) return;
  const std::vector<std::uint8_t> mask = mask_of(letters, w, h, utf8);
  const auto coverage = [&](int column, int row) {
    return column < 0 || row < 0 || column >= w || row >= h ? 0 : mask[static_cast<std::size_t>(row) * w + column];
  };
  for (int row = 0; row < h; ++row)
    for (int column = 0; column < w; ++column) {
      int rim = 0;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) rim = std::max<int>(rim, coverage(column + dx, row + dy));
      const int white = coverage(column, row);
      std::uint8_t* pixel = &picture.rgb[(static_cast<std::size_t>(y + row) * picture.width + x + column) * 3];
      for (int c = 0; c < 3; ++c) {
        const int darkened = pixel[c] * (255 - rim * 7 / 10) / 255;
        pixel[c] = static_cast<std::uint8_t>(darkened + (255 - darkened) * white / 255);
      }
    }
}

}  // namespace effcam::compare
