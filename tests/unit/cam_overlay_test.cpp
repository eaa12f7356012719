#include <gtest/gtest.h>

#include <limits>

#include "cam/overlay.h"

namespace effcam::cam {
namespace {

using Bytes = std::vector<std::uint8_t>;

// The middle of step `index`.
float step(int index) { return (static_cast<float>(index) + 0.5f) / 255.0f; }

// Entries of cv2.applyColorMap(…, COLORMAP_JET), OpenCV 4.6, as RGB.
TEST(CamColours, JetIsOpenCvs) {
  const struct {
    int index;
    Rgb rgb;
  } anchors[] = {{0, {0, 0, 128}},       {1, {0, 0, 132}},       {31, {0, 0, 252}},      {32, {0, 0, 255}},
                 {33, {0, 4, 255}},      {95, {0, 252, 255}},    {96, {2, 255, 254}},    {97, {6, 255, 250}},
                 {126, {122, 255, 134}}, {127, {126, 255, 130}}, {128, {130, 255, 126}}, {129, {134, 255, 122}},
                 {159, {254, 255, 1}},   {160, {255, 252, 0}},   {161, {255, 248, 0}},   {223, {255, 0, 0}},
                 {224, {252, 0, 0}},     {225, {248, 0, 0}},     {254, {132, 0, 0}}};
  for (const auto& [index, rgb] : anchors) EXPECT_EQ(colour(ColourMap::jet, step(index)), rgb) << index;
  EXPECT_EQ(colour(ColourMap::jet, 1), (Rgb{128, 0, 0}));
}

TEST(CamColours, ViridisIsMatplotlibs) {
  EXPECT_EQ(colour(ColourMap::viridis, 0), (Rgb{68, 1, 84}));
  EXPECT_EQ(colour(ColourMap::viridis, step(64)), (Rgb{59, 82, 139}));
  EXPECT_EQ(colour(ColourMap::viridis, step(128)), (Rgb{33, 145, 140}));
  EXPECT_EQ(colour(ColourMap::viridis, 1), (Rgb{253, 231, 37}));
}

TEST(CamColours, DivergingIsWhiteAtZeroEvidence) {
  EXPECT_EQ(colour(ColourMap::diverging, 0.5f), (Rgb{255, 255, 255}));
  const Rgb low = colour(ColourMap::diverging, 0), high = colour(ColourMap::diverging, 1);
  EXPECT_GT(low[2], low[0] + 100);
  EXPECT_GT(high[0], high[2] + 100);
  for (int i = 1; i < 127; ++i) {  // ever paler towards the middle, on both sides
    EXPECT_GE(colour(ColourMap::diverging, step(i))[0], colour(ColourMap::diverging, step(i - 1))[0]) << i;
    EXPECT_LE(colour(ColourMap::diverging, step(127 + i))[2], colour(ColourMap::diverging, step(126 + i))[2]) << i;
  }
}

TEST(CamColours, TruncateAndClamp) {
  EXPECT_EQ(colour(ColourMap::jet, 0.999f / 255), (Rgb{0, 0, 128}));
  EXPECT_EQ(colour(ColourMap::jet, 1.001f / 255), (Rgb{0, 0, 132}));
  EXPECT_EQ(colour(ColourMap::jet, -5), colour(ColourMap::jet, 0));
  EXPECT_EQ(colour(ColourMap::jet, 5), colour(ColourMap::jet, 1));
  EXPECT_EQ(colour(ColourMap::jet, std::numeric_limits<float>::infinity()), colour(ColourMap::jet, 1));
  EXPECT_EQ(colour(ColourMap::jet, std::numeric_limits<float>::quiet_NaN()), colour(ColourMap::jet, 0));
}

TEST(CamColours, HaveNames) {
  for (ColourMap map : {ColourMap::jet, ColourMap::viridis, ColourMap::diverging}) {
    const Result<ColourMap> parsed = parse_colour_map(colour_map_name(map));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, map);
  }
  ASSERT_FALSE(parse_colour_map("hot"));
  EXPECT_NE(parse_colour_map("hot").error().message.find("jet, viridis, diverging"), std::string::npos);
}

// Two pixels, heat jet(0) = (0, 0, 128) and jet(1) = (128, 0, 0).
const Bytes kPixels{100, 200, 50, 10, 0, 255};
const HeatMap kMap{1, 2, {0, 1}};

TEST(CamOverlay, BlendsAlpha) {
  EXPECT_EQ(overlay(kPixels, 2, 1, kMap, ColourMap::jet, Blend::alpha, 0), kPixels);
  EXPECT_EQ(overlay(kPixels, 2, 1, kMap, ColourMap::jet, Blend::alpha, 1), (Bytes{0, 0, 128, 128, 0, 0}));
  // (100, 200, 50 + 78/2) and (10 + 118/2, 0, 255/2 rounded up).
  EXPECT_EQ(overlay(kPixels, 2, 1, kMap, ColourMap::jet, Blend::alpha, 0.5f), (Bytes{50, 100, 89, 69, 0, 128}));
}

TEST(CamOverlay, BlendsAdditively) {
  // Sums 100 200 178 · 138 0 255; the largest is 255, so nothing is scaled.
  EXPECT_EQ(overlay(kPixels, 2, 1, kMap, ColourMap::jet, Blend::additive, 1), (Bytes{100, 200, 178, 138, 0, 255}));
  // Sums 255 0 128 · 383 0 0, each times 255/383.
  const Bytes red{255, 0, 0, 255, 0, 0};
  EXPECT_EQ(overlay(red, 2, 1, kMap, ColourMap::jet, Blend::additive, 1), (Bytes{170, 0, 85, 255, 0, 0}));
}

// The map is stretched in floats and coloured afterwards, at the picture's size.
TEST(CamOverlay, UpsamplesTheMap) {
  const Bytes black(4 * 2 * 3, 0);
  const Bytes heat = overlay(black, 4, 2, kMap, ColourMap::jet, Blend::alpha, 1);
  const float expected[] = {0, 0.25f, 0.75f, 1};
  for (std::size_t i = 0; i < 8; ++i) {
    const Rgb rgb = colour(ColourMap::jet, expected[i % 4]);
    EXPECT_EQ((Rgb{heat[3 * i], heat[3 * i + 1], heat[3 * i + 2]}), rgb) << i;
  }
}

}  // namespace
}  // namespace effcam::cam
