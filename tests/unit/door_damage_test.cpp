#include "door/damage.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace effcam::door {
namespace {

constexpr PixelBox kScreen{0, 0, 200, 100};

struct Shape {
  PixelBox box;
  std::uint64_t hash;
};

class DamageTest : public testing::Test {
 protected:
  std::vector<PixelBox> frame(const std::vector<Shape>& shapes, const PixelBox& screen = kScreen) {
    damage_.begin(screen.right, screen.bottom);
    for (const Shape& shape : shapes) damage_.add(shape.box, shape.hash);
    return damage_.end();
  }
  static bool covers(const std::vector<PixelBox>& boxes, int x, int y) {
    return std::ranges::any_of(boxes, [&](const PixelBox& box) {
      return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
    });
  }
  static int area(const std::vector<PixelBox>& boxes) {
    int sum = 0;
    for (const PixelBox& box : boxes) sum += (box.right - box.left) * (box.bottom - box.top);
    return sum;
  }

  Damage damage_;
};

TEST_F(DamageTest, TheFirstFrameIsDamagedThroughout) {
  EXPECT_EQ(frame({{{10, 10, 20, 20}, 1}}), std::vector{kScreen});
}

TEST_F(DamageTest, TheSameFrameIsNotDamaged) {
  const std::vector<Shape> shapes{{{10, 10, 20, 20}, 1}, {{15, 10, 90, 90}, 2}};
  (void)frame(shapes);
  EXPECT_TRUE(frame(shapes).empty());
  EXPECT_TRUE(frame(shapes).empty());
}

TEST_F(DamageTest, AnotherShapeDamagesItsSurroundingsOnly) {
  const Shape still{{0, 0, 200, 100}, 7};
  (void)frame({still, {{70, 40, 80, 50}, 1}});
  const auto boxes = frame({still, {{70, 40, 80, 50}, 2}});
  EXPECT_TRUE(covers(boxes, 70, 40));
  EXPECT_TRUE(covers(boxes, 79, 49));
  EXPECT_FALSE(covers(boxes, 10, 10));
  EXPECT_LT(area(boxes), 200 * 100 / 4);
}

TEST_F(DamageTest, AShapeThatMovedDamagesBothPlaces) {
  (void)frame({{{0, 0, 10, 10}, 1}});
  const auto boxes = frame({{{180, 80, 190, 90}, 1}});
  EXPECT_TRUE(covers(boxes, 5, 5));
  EXPECT_TRUE(covers(boxes, 185, 85));
  EXPECT_FALSE(covers(boxes, 100, 50));
}

TEST_F(DamageTest, AShapeThatIsGoneDamagesItsPlace) {
  (void)frame({{{40, 40, 50, 50}, 1}});
  EXPECT_TRUE(covers(frame({}), 45, 45));
  EXPECT_TRUE(frame({}).empty());
}

TEST_F(DamageTest, TheOrderOfShapesThatOverlapCounts) {
  const Shape one{{0, 0, 10, 10}, 1}, two{{0, 0, 10, 10}, 2};
  (void)frame({one, two});
  EXPECT_TRUE(covers(frame({two, one}), 5, 5));
}

TEST_F(DamageTest, AnotherSizeDamagesAll) {
  (void)frame({});
  const PixelBox wider{0, 0, 201, 100};
  EXPECT_EQ(frame({}, wider), std::vector{wider});
}

TEST_F(DamageTest, ForgottenPixelsAreDrawnAgain) {
  (void)frame({});
  damage_.forget();
  EXPECT_EQ(frame({}), std::vector{kScreen});
}

TEST_F(DamageTest, BoxesDoNotOverlapHoweverMuchHasChanged) {
  std::vector<Shape> shapes;
  for (int count = 0; count < 40; ++count) {
    const int x = count * 37 % 190, y = count * 53 % 90;
    shapes.push_back({{x, y, x + 9, y + 9}, static_cast<std::uint64_t>(count) + 1});
    const auto boxes = frame(shapes);
    EXPECT_TRUE(covers(boxes, x + 4, y + 4));
    for (std::size_t a = 0; a < boxes.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) EXPECT_TRUE(intersection(boxes[a], boxes[b]).empty());
  }
}

TEST_F(DamageTest, ManyScatteredChangesBecomeFewBoxes) {
  const PixelBox large{0, 0, 2000, 2000};
  std::vector<Shape> shapes;
  (void)frame(shapes, large);
  for (int i = 0; i < 30; ++i) shapes.push_back({{i * 66, i * 66, i * 66 + 4, i * 66 + 4}, 1});
  const auto boxes = frame(shapes, large);
  EXPECT_LE(boxes.size(), 12u);
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(covers(boxes, i * 66 + 2, i * 66 + 2));
}

TEST_F(DamageTest, WhatLiesOutsideOfTheScreenIsNothing) {
  (void)frame({});
  EXPECT_TRUE(frame({{{-50, -50, -10, -10}, 1}, {{300, 10, 310, 20}, 2}, {{10, 20, 10, 30}, 3}}).empty());
  const auto boxes = frame({{{-50, -50, 5, 5}, 1}});
  EXPECT_TRUE(covers(boxes, 0, 0));
  EXPECT_FALSE(covers(boxes, 100, 50));
}

}  // namespace
}  // namespace effcam::door
