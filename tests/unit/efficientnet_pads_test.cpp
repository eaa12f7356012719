// The pads of each family's rule.
#include <gtest/gtest.h>

#include <algorithm>

#include "efficientnet/pads.h"

namespace effcam::efficientnet {
namespace {

using architecture::Padding;
using nn::Pads;

nn::Pads pads(Padding padding, int native, int side, int kernel, int stride) {
  return PadsRule{padding, native}.of({1, side, side + 1, 3}, kernel, stride);
}

// As many outputs as strides fit in, the odd zero behind.
TEST(Pads, SameIsTensorFlows) {
  EXPECT_EQ(pads(Padding::same, 0, 32, 3, 2), (Pads{0, 1, 1, 1}));
  EXPECT_EQ(pads(Padding::same, 0, 33, 3, 2), (Pads{1, 1, 0, 1}));
  EXPECT_EQ(pads(Padding::same, 0, 32, 5, 2), (Pads{1, 2, 2, 2}));
  EXPECT_EQ(pads(Padding::same, 0, 32, 5, 1), (Pads{2, 2, 2, 2}));
  EXPECT_EQ(pads(Padding::same, 0, 32, 1, 1), (Pads{}));
  for (const int side : {32, 33, 45, 56})
    for (const int kernel : {3, 5}) {
      const nn::Window window{kernel, 2, pads(Padding::same, 0, side, kernel, 2)};
      EXPECT_EQ(window.output_height(side), (side + 1) / 2);
      EXPECT_EQ(window.output_width(side + 1), (side + 2) / 2);
    }
}

// Those of the variant's native size, whatever the size is; of stride 1 the middle.
TEST(Pads, SameFixedIsOfTheNativeSize) {
  EXPECT_EQ(pads(Padding::same_fixed, 224, 33, 3, 2), (Pads{0, 1, 0, 1}));
  EXPECT_EQ(pads(Padding::same_fixed, 225, 32, 3, 2), (Pads{1, 1, 1, 1}));
  EXPECT_EQ(pads(Padding::same_fixed, 224, 33, 5, 1), (Pads{2, 2, 2, 2}));
}

TEST(Pads, SymmetricIsHalfTheKernel) {
  EXPECT_EQ(pads(Padding::symmetric, 224, 32, 3, 2), (Pads{1, 1, 1, 1}));
  EXPECT_EQ(pads(Padding::symmetric, 224, 33, 5, 2), (Pads{2, 2, 2, 2}));
}

}  // namespace
}  // namespace effcam::efficientnet
