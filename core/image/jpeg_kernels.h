// The arithmetic of decoding a JPEG file as libjpeg does it, bit for bit: the inverse cosine transform, doubling the
// chroma's resolution ("fancy upsampling") and the step to RGB. Pillow decodes with libjpeg, and networks are evaluated on
// Pillow's pixels; stb_image's own functions round in another way (up to 3 levels) and mix the last but one column of
// 4:2:2 wrongly. With these, every build shows the same pixels.
#pragma once

#include <algorithm>
#include <cstdint>

namespace effcam::image {

// One pass of the transform over eight numbers (Loeffler, Ligtenberg and Moschytz; constants in units of 2⁻¹³). Unsigned
// words wrap around where a damaged file has coefficients that no picture has.
struct CosinePass {
  using Word = std::uint32_t;
  static constexpr int kBits = 13;

  Word even[4], odd[4];  // output i is even[i] + odd[i], output 7 − i is even[i] − odd[i]

  // d(i): the i-th number.
  explicit CosinePass(const auto& d) {
    const Word middle = (d(2) + d(6)) * 4433;  // 0.541196100
    const Word inner = middle - d(6) * 15137;  // 1.847759065
    const Word outer = middle + d(2) * 6270;   // 0.765366865
    const Word sum = (d(0) + d(4)) << kBits, difference = (d(0) - d(4)) << kBits;
    even[0] = sum + outer;
    even[1] = difference + inner;
    even[2] = difference - inner;
    even[3] = sum - outer;

    const Word all = (d(7) + d(3) + d(5) + d(1)) * 9633;  // 1.175875602
    const Word a = (d(7) + d(1)) * 7373;                  // 0.899976223
    const Word b = (d(5) + d(3)) * 20995;                 // 2.562915447
    const Word c = all - (d(7) + d(3)) * 16069;           // 1.961570560
    const Word e = all - (d(5) + d(1)) * 3196;            // 0.390180644
    odd[0] = d(1) * 12299 - a + e;                        // 1.501321110
    odd[1] = d(3) * 25172 - b + c;                        // 3.072711026
    odd[2] = d(5) * 16819 - b + e;                        // 2.053119869
    odd[3] = d(7) * 2446 - a + c;                         // 0.298631336
  }

  // Output i, rounded, without its lowest `bits` bits.
  [[nodiscard]] std::int32_t output(int i, int bits) const {
    const Word value = i < 4 ? even[i] + odd[i] : even[7 - i] - odd[7 - i];
    return static_cast<std::int32_t>(value + (Word{1} << (bits - 1))) >> bits;
  }
};

// 8 × 8 dequantised coefficients to pixels.
inline void inverse_cosine(std::uint8_t* out, int stride, short* coefficients) {
  constexpr int kKept = 2;  // bits that the first pass keeps below the point
  std::int32_t columns[64];
  for (int x = 0; x < 8; ++x) {
    const CosinePass pass([&](int y) { return static_cast<std::uint32_t>(coefficients[8 * y + x]); });
    for (int y = 0; y < 8; ++y) columns[8 * y + x] = pass.output(y, CosinePass::kBits - kKept);
  }
  for (int y = 0; y < 8; ++y, out += stride) {
    const CosinePass pass([&](int x) { return static_cast<std::uint32_t>(columns[8 * y + x]); });
    for (int x = 0; x < 8; ++x) {
      out[x] = static_cast<std::uint8_t>(std::clamp(pass.output(x, CosinePass::kBits + kKept + 3) + 128, 0, 255));
    }
  }
}

// A row of `width` samples becomes 2·width: three parts of the sample and one of its neighbour, the halves rounded down
// and up by turns.
inline std::uint8_t* double_row(std::uint8_t* out, std::uint8_t* in, std::uint8_t*, int width, int) {
  if (width <= 2) {  // libjpeg only repeats here
    for (int i = 0; i < 2 * width; ++i) out[i] = in[i / 2];
    return out;
  }
  for (int i = 0; i < width; ++i) {
    const int left = in[std::max(i - 1, 0)], right = in[std::min(i + 1, width - 1)];
    out[2 * i] = static_cast<std::uint8_t>((3 * in[i] + left + 1) >> 2);
    out[2 * i + 1] = static_cast<std::uint8_t>((3 * in[i] + right + 2) >> 2);
  }
  return out;
}

// The same in both directions: `near` is the sample row of this output row, `far` the next one on its side.
inline std::uint8_t* double_both(std::uint8_t* out, std::uint8_t* near, std::uint8_t* far, int width, int) {
  if (width <= 2) {
    for (int i = 0; i < 2 * width; ++i) out[i] = near[i / 2];
    return out;
  }
  const auto sum = [&](int i) { return 3 * near[i] + far[i]; };
  for (int i = 0; i < width; ++i) {
    const int left = sum(std::max(i - 1, 0)), right = sum(std::min(i + 1, width - 1));
    out[2 * i] = static_cast<std::uint8_t>((3 * sum(i) + left + 8) >> 4);
    out[2 * i + 1] = static_cast<std::uint8_t>((3 * sum(i) + right + 7) >> 4);
  }
  return out;
}

// The same downwards only. Both rows lie in one buffer, so that their order says which side `far` is on.
inline std::uint8_t* double_column(std::uint8_t* out, std::uint8_t* near, std::uint8_t* far, int width, int) {
  const int half = far > near ? 2 : 1;
  for (int i = 0; i < width; ++i) out[i] = static_cast<std::uint8_t>((3 * near[i] + far[i] + half) >> 2);
  return out;
}

// `step`: bytes a pixel of the output, 3 or 4.
inline void ycc_to_rgb(std::uint8_t* out, const std::uint8_t* luma, const std::uint8_t* blue, const std::uint8_t* red,
                       int count, int step) {
  // 1.402, 1.772, 0.71414 and 0.34414 in units of 2⁻¹⁶
  constexpr int kRedRed = 91881, kBlueBlue = 116130, kGreenRed = 46802, kGreenBlue = 22554, kHalf = 32768;
  for (int i = 0; i < count; ++i, out += step) {
    const int y = luma[i], cb = blue[i] - 128, cr = red[i] - 128;
    out[0] = static_cast<std::uint8_t>(std::clamp(y + ((kRedRed * cr + kHalf) >> 16), 0, 255));
    out[1] = static_cast<std::uint8_t>(std::clamp(y + ((kHalf - kGreenBlue * cb - kGreenRed * cr) >> 16), 0, 255));
    out[2] = static_cast<std::uint8_t>(std::clamp(y + ((kBlueBlue * cb + kHalf) >> 16), 0, 255));
    if (step == 4) out[3] = 255;
  }
}

}  // namespace effcam::image
