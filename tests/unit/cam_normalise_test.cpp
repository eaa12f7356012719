#include <gtest/gtest.h>

#include <limits>

#include "cam/cam.h"

namespace effcam::cam {
namespace {

TEST(CamNormalise, StretchesToTheUnitInterval) {
  EXPECT_EQ(normalise({1, 3, {-1, 1, 3}}).values, (std::vector<float>{0, 0.5, 1}));
  EXPECT_EQ(normalise({1, 2, {5, 5}}).values, (std::vector<float>{0, 0}));
  constexpr float kMax = std::numeric_limits<float>::max(), kTiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(normalise({1, 3, {-kMax, 0, kMax}}).values, (std::vector<float>{0, 0.5, 1}));
  EXPECT_EQ(normalise({1, 3, {0, kTiny, 2 * kTiny}}).values, (std::vector<float>{0, 0.5, 1}));
}

TEST(CamNormalise, ScalesByALimit) {
  const HeatMap map{1, 4, {-1, 0, 2, 8}};
  EXPECT_EQ(normalise(map, 4).values, (std::vector<float>{0, 0, 0.5, 1}));
  EXPECT_EQ(normalise(map, 0).values, (std::vector<float>{0, 0, 0, 0}));
  EXPECT_EQ(normalise(map, -3).values, (std::vector<float>{0, 0, 0, 0}));
}

TEST(CamNormalise, KnowsAFlatMap) {
  EXPECT_TRUE(is_flat({1, 2, {0, 0}}));
  EXPECT_TRUE(is_flat({1, 2, {0, -1}}));
  EXPECT_FALSE(is_flat({1, 2, {0, 1e-40f}}));
  EXPECT_TRUE(is_flat({}));
  EXPECT_EQ(minimum({1, 3, {2, -1, 5}}), -1);
  EXPECT_EQ(maximum({1, 3, {2, -1, 5}}), 5);
}

// torch.nn.functional.interpolate(mode='bilinear', align_corners=False) of the same map.
TEST(CamUpsample, AgreesWithPyTorch) {
  const HeatMap map{2, 3, {0, 1, -2.5, 4, 0.25, 3}};
  const struct {
    int height, width;
    std::vector<float> values;
  } cases[] = {
      {5, 7, {0,   0.142857143, 0.571428571, 1,     -0.5,         -2,          -2.5,
              0.4, 0.475,       0.7,         0.925, -0.307142857, -1.53928571, -1.95,
              2,   1.80357143,  1.21428571,  0.625, 0.464285714,  0.303571429, 0.25,
              3.6, 3.13214286,  1.72857143,  0.325, 1.23571429,   2.14642857,  2.45,
              4,   3.46428571,  1.85714286,  0.25,  1.42857143,   2.60714286,  3}},
      {1, 2, {1.65625, 0.34375}},
      {2, 3, {0, 1, -2.5, 4, 0.25, 3}},
      {3, 4, {0, 0.625, -0.3125, -2.5, 2, 1.140625, 0.484375, 0.25, 4, 1.65625, 1.28125, 3}},
  };
  for (const auto& each : cases) {
    const HeatMap actual = upsample(map, each.height, each.width);
    ASSERT_EQ(actual.values.size(), each.values.size());
    EXPECT_EQ(actual.height, each.height);
    EXPECT_EQ(actual.width, each.width);
    for (std::size_t i = 0; i < each.values.size(); ++i) EXPECT_NEAR(actual.values[i], each.values[i], 1e-6) << i;
  }
}

TEST(CamUpsample, KeepsPlateausExactly) {
  for (float value : upsample({3, 3, std::vector<float>(9, 0.1f)}, 224, 97).values) EXPECT_EQ(value, 0.1f);
  EXPECT_EQ(upsample({2, 2, {1, 2, 3, 4}}, 2, 2).values, (std::vector<float>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace effcam::cam
