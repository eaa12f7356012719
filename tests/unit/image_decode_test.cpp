// Bytes that are no good picture, and pictures made here.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "image/image.h"
#include "support/files.h"

namespace effcam::image {
namespace {

using Bytes = std::vector<std::uint8_t>;

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

std::string decode_error(const Bytes& bytes) {
  const auto image = decode(bytes);
  return image ? std::string("no error") : image.error().message;
}

Bytes golden(const std::string& name) { return test::read_file(test::golden_folder() / "image" / name); }

Bytes of(std::string_view text) { return {text.begin(), text.end()}; }

Image gradient(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int value : {x * 255 / width, y * 255 / height, (x + y) % 256}) {
        image.rgb.push_back(static_cast<std::uint8_t>(value));
      }
    }
  }
  return image;
}

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  std::uint32_t value = 0xFFFFFFFFu;
  for (const std::uint8_t byte : bytes) {
    value ^= byte;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
  }
  return ~value;
}

void append32(Bytes& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_chunk(Bytes& to, std::string_view type, const Bytes& body) {
  append32(to, static_cast<std::uint32_t>(body.size()));
  Bytes named = of(type);
  named.insert(named.end(), body.begin(), body.end());
  to.insert(to.end(), named.begin(), named.end());
  append32(to, crc32(named));
}

// A complete PNG file of any size, whose data is one byte.
Bytes small_png(std::uint32_t width, std::uint32_t height) {
  Bytes file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Bytes header;
  append32(header, width);
  append32(header, height);
  for (const int value : {8, 2, 0, 0, 0}) header.push_back(static_cast<std::uint8_t>(value));
  append_chunk(file, "IHDR", header);
  append_chunk(file, "IDAT", {0x78});
  append_chunk(file, "IEND", {});
  return file;
}

TEST(ImageDecode, NotAPicture) {
  EXPECT_EQ(decode_error({}), "the file is empty");
  EXPECT_SAYS(decode_error(of("hello, world")), "neither a JPEG nor a PNG");
  EXPECT_SAYS(decode_error(of("GIF89a")), "the file is a GIF");
  EXPECT_SAYS(decode_error(of("RIFF....WEBPVP8 ")), "a WebP picture");
  EXPECT_SAYS(decode_error({0xFF}), "neither a JPEG nor a PNG");
}

TEST(ImageDecode, AFewBytesThatClaimTheWorld) {
  const Bytes png = small_png(60'000, 60'000);
  EXPECT_LT(png.size(), 64u + 8);
  EXPECT_EQ(decode_error(png),
            "the picture is too large: it claims 60000 × 60000 pixels, and at most 100 million are decoded");
  EXPECT_SAYS(decode_error(small_png(0xFFFFFFFF, 0xFFFFFFFF)), "too large");
  EXPECT_SAYS(decode_error(small_png(0xFFFFFFFF, 1)), "too large");

  Bytes jpeg = {0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0xEA, 0x60, 0xEA, 0x60, 1, 1, 0x11, 0};
  const Bytes scan = {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0, 0xFF, 0xD9};
  jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  EXPECT_SAYS(decode_error(jpeg), "claims 60000 × 60000 pixels");
  jpeg[7] = jpeg[8] = 0;
  EXPECT_EQ(decode_error(jpeg), "the picture has no pixels: it is 60000 × 0");
}

TEST(ImageDecode, ZeroSizedPng) {
  EXPECT_EQ(decode_error(small_png(0, 5)), "the picture has no pixels: it is 0 × 5");
}

TEST(ImageDecode, CorruptData) {
  EXPECT_SAYS(decode_error(small_png(4, 4)), "the PNG file cannot be decoded: ");
  Bytes flipped = golden("rgb.png");
  flipped[flipped.size() / 2] ^= 0x10;
  EXPECT_SAYS(decode_error(flipped), "checksum of its IDAT chunk");
}

TEST(ImageDecode, NoPrefixOfAFileIsAPicture) {
  for (const char* name : {"420.jpg", "progressive.jpg", "grey.jpg", "exif6.jpg", "palette.png", "interlaced.png"}) {
    const Bytes whole = golden(name);
    ASSERT_EQ(decode_error(whole), "no error");
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_NE(decode_error(part), "no error") << name << " cut to " << size << " bytes";
      if (size < 20) continue;
      ASSERT_NE(decode_error(part).find("truncated"), std::string::npos) << name << " cut to " << size << " bytes";
    }
  }
}

TEST(ImageDecode, ChangedBytesNeverDoHarm) {
  for (const char* name : {"420.jpg", "progressive.jpg", "palette.png"}) {
    const Bytes whole = golden(name);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      Bytes changed = whole;
      changed[at] ^= 0xFF;
      const auto image = decode(changed);
      if (!image) continue;
      EXPECT_EQ(image->rgb.size(), 3u * static_cast<std::size_t>(image->width * image->height));
    }
  }
}

TEST(ImageDecode, BytesAfterTheEndDoNotMatter) {
  for (const char* name : {"420.jpg", "rgb.png"}) {
    Bytes longer = golden(name);
    longer.insert(longer.end(), 100, 0xAB);
    EXPECT_EQ(decode_error(longer), "no error");
  }
}

TEST(ImageDecode, KindsThatAreNotDecodedSayWhich) {
  const auto frame = [](int marker, int bits, int components) {
    Bytes jpeg = {0xFF, 0xD8, 0xFF, static_cast<std::uint8_t>(marker), 0, 8, static_cast<std::uint8_t>(bits), 0, 4, 0, 4,
                  static_cast<std::uint8_t>(components)};
    const Bytes scan = {0xFF, 0xDA, 0, 3, 0, 0xFF, 0xD9};
    jpeg.insert(jpeg.end(), scan.begin(), scan.end());
    return decode_error(jpeg);
  };
  EXPECT_SAYS(frame(0xC3, 8, 3), "lossless or arithmetic-coded");
  EXPECT_SAYS(frame(0xC9, 8, 3), "lossless or arithmetic-coded");
  EXPECT_SAYS(frame(0xC1, 12, 3), "12 bits a colour");
  EXPECT_SAYS(frame(0xC0, 8, 2), "2 colour components");
  EXPECT_SAYS(frame(0xC0, 8, 4), "CMYK JPEG file without Adobe's marker");
  EXPECT_SAYS(frame(0xC4, 8, 3), "no picture before its end marker");
}

TEST(ImageDecode, ExifThatLies) {
  // The tag's entry, cut or changed at every byte: 1 to 8 always, and never a read past the end.
  const Bytes whole = golden("exif8.jpg");
  for (std::size_t at = 0; at < 100 && at < whole.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7F, 0xFF}) {
      Bytes changed = whole;
      changed[at] = static_cast<std::uint8_t>(value);
      const int orientation = exif_orientation(changed);
      EXPECT_GE(orientation, 1);
      EXPECT_LE(orientation, 8);
    }
  }
}

TEST(ImageEncode, PngKeepsEveryPixel) {
  const Image image = gradient(37, 23);
  const auto bytes = encode_png(image);
  ASSERT_TRUE(bytes);
  const auto again = decode(*bytes);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->width, 37);
  EXPECT_EQ(again->rgb, image.rgb);
}

TEST(ImageEncode, JpegIsClose) {
  const Image image = gradient(64, 48);
  const auto bytes = encode_jpeg(image, 95);
  ASSERT_TRUE(bytes);
  const auto again = decode(*bytes);
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_EQ(again->rgb.size(), image.rgb.size());
  for (std::size_t i = 0; i < image.rgb.size(); ++i) EXPECT_NEAR(again->rgb[i], image.rgb[i], 24);
}

TEST(ImageEncode, NothingToWrite) {
  EXPECT_FALSE(encode_png({}));
  EXPECT_FALSE(encode_jpeg({}, 90));
  EXPECT_SAYS(encode_jpeg({70'000, 1, Bytes(210'000)}, 90).error().message, "cannot hold 70000 × 1");
}

TEST(ImagePrepare, ThePictureOfTheRightSizePassesThrough) {
  const Image image = gradient(64, 64);
  for (const Fit fit : {Fit::resize_then_crop, Fit::crop_then_resize, Fit::warp}) {
    const Input input = prepare(image, {.size = 64, .resize = 73, .fit = fit});
    EXPECT_EQ(input.seen.rgb, image.rgb);
    EXPECT_EQ(input.box, (Box{0, 0, 64, 64}));
  }
}

TEST(ImagePrepare, TheBoxIsWhatIsSeen) {
  const Image image = gradient(200, 100);
  const Input cropped = prepare(image, {.size = 50, .resize = 50});
  EXPECT_EQ(cropped.box, (Box{50, 0, 100, 100}));
  const Input central = prepare(image, {.size = 40, .resize = 50});
  EXPECT_EQ(central.box, (Box{60, 10, 80, 80}));
  const Input original = prepare(image, {.size = 96, .fit = Fit::crop_then_resize});
  EXPECT_EQ(original.box, (Box{63, 13, 75, 75}));
  EXPECT_EQ(prepare(image, {.size = 32, .fit = Fit::warp}).box, (Box{0, 0, 200, 100}));
}

TEST(ImagePrepare, ExtremeShapes) {
  for (const Image& image : {gradient(20'000, 1), gradient(1, 20'000), gradient(1, 1), gradient(2, 3)}) {
    for (const Fit fit : {Fit::resize_then_crop, Fit::crop_then_resize, Fit::warp}) {
      for (const Filter filter : {Filter::nearest, Filter::bilinear, Filter::bicubic}) {
        const Input input = prepare(image, {.size = 224, .resize = 256, .fit = fit, .filter = filter});
        EXPECT_EQ(input.values.size(), 224u * 224 * 3);
      }
    }
  }
}

TEST(ImageResize, AFlatPictureStaysFlat) {
  const Image flat{7, 5, Bytes(105, 77)};
  for (const Filter filter : {Filter::nearest, Filter::bilinear, Filter::bicubic}) {
    EXPECT_EQ(resize(flat, 31, 3, filter).rgb, Bytes(279, 77));
  }
}

}  // namespace
}  // namespace effcam::image
