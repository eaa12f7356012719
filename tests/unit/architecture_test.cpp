#include "architecture/architecture.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace effcam::architecture {
namespace {

struct Row {
  const char* id;
  int size, stem, head;
  std::size_t blocks;
  long long parameters;
  double giga_multiply_adds;
  std::vector<int> repeats, channels;
};

// The published table (Tan & Le 2019; parameter counts of the reference implementations).
const Row kRows[] = {
    {"b0", 224, 32, 1280, 16, 5288548, 0.386, {1, 2, 2, 3, 3, 4, 1}, {16, 24, 40, 80, 112, 192, 320}},
    {"b1", 240, 32, 1280, 23, 7794184, 0.687, {2, 3, 3, 4, 4, 5, 2}, {16, 24, 40, 80, 112, 192, 320}},
    {"b2", 260, 32, 1408, 23, 9109994, 0.994, {2, 3, 3, 4, 4, 5, 2}, {16, 24, 48, 88, 120, 208, 352}},
    {"b3", 300, 40, 1536, 26, 12233232, 1.827, {2, 3, 3, 5, 5, 6, 2}, {24, 32, 48, 96, 136, 232, 384}},
    {"b4", 380, 48, 1792, 32, 19341616, 4.394, {2, 4, 4, 6, 6, 8, 2}, {24, 32, 56, 112, 160, 272, 448}},
    {"b5", 456, 48, 2048, 39, 30389784, 10.266, {3, 5, 5, 7, 7, 9, 3}, {24, 40, 64, 128, 176, 304, 512}},
    {"b6", 528, 56, 2304, 45, 43040704, 19.068, {3, 6, 6, 8, 8, 11, 3}, {32, 40, 72, 144, 200, 344, 576}},
    {"b7", 600, 64, 2560, 55, 66347960, 37.746, {4, 7, 7, 10, 10, 13, 4}, {32, 48, 80, 160, 224, 384, 640}},
    // timm's tf_efficientnetv2_b0 … b3.
    {"v2-b0", 224, 32, 1280, 21, 7139704, 0, {1, 2, 2, 3, 5, 8}, {16, 32, 48, 96, 112, 192}},
    {"v2-b1", 240, 32, 1280, 27, 8141052, 0, {2, 3, 3, 4, 6, 9}, {16, 32, 48, 96, 112, 192}},
    {"v2-b2", 260, 32, 1408, 28, 10096086, 0, {2, 3, 3, 4, 6, 10}, {16, 32, 56, 104, 120, 208}},
    {"v2-b3", 300, 40, 1536, 32, 14358406, 0, {2, 3, 3, 5, 7, 12}, {16, 40, 56, 112, 136, 232}},
};

TEST(Architecture, EveryVariantIsAsPublished) {
  ASSERT_EQ(variants().size(), std::size(kRows));
  for (std::size_t v = 0; v < std::size(kRows); ++v) {
    const Row& row = kRows[v];
    const Variant& variant = variants()[v];
    SCOPED_TRACE(row.id);
    EXPECT_EQ(variant.id, row.id);
    EXPECT_EQ(variant.size, row.size);
    EXPECT_EQ(variant.stem, row.stem);
    EXPECT_EQ(variant.head, row.head);
    EXPECT_EQ(variant.blocks.size(), row.blocks);
    EXPECT_EQ(parameters(variant, 1000), row.parameters);
    std::vector<int> repeats, channels;
    for (int stage = 1; stage <= variant.stages(); ++stage) {
      const Block& last = variant.blocks[static_cast<std::size_t>(variant.last_block_of(stage))];
      repeats.push_back(last.index_in_stage + 1);
      channels.push_back(last.out);
    }
    EXPECT_EQ(repeats, row.repeats);
    EXPECT_EQ(channels, row.channels);
    if (row.giga_multiply_adds > 0) {
      EXPECT_NEAR(multiply_adds(variant, row.size, row.size, 1000) / 1e9, row.giga_multiply_adds, 0.0006);
    }
  }
}

TEST(Architecture, BlocksOfB0) {
  const Variant& b0 = *find_variant("b0");
  const Block& first = b0.blocks[0];
  EXPECT_EQ(first.expand, 1);
  EXPECT_EQ(first.squeeze, 8);
  EXPECT_FALSE(first.residual());
  const Block& fourth = b0.blocks[3];
  EXPECT_EQ(fourth.kernel, 5);
  EXPECT_EQ(fourth.stride, 2);
  EXPECT_EQ(fourth.expanded(), 144);
  EXPECT_EQ(fourth.squeeze, 6);
  EXPECT_TRUE(b0.blocks[4].residual());
}

TEST(Architecture, LayersOfEveryKindOfBlock) {
  const auto names = [](const Variant& variant, int block) {
    std::vector<std::string> found;
    for (const LayerSpec& layer : layers(variant, 10)) {
      if (layer.block == block) found.push_back(layer.name);
    }
    return found;
  };
  const Variant& b0 = *find_variant("b0");
  const Variant& v2 = *find_variant("v2-b0");
  EXPECT_EQ(names(b0, 0),
            (std::vector<std::string>{"block.0.depthwise.conv", "block.0.depthwise.bn", "block.0.reduce",
                                      "block.0.excite", "block.0.project.conv", "block.0.project.bn"}));
  EXPECT_EQ(names(v2, 0), (std::vector<std::string>{"block.0.conv", "block.0.bn"}));
  EXPECT_EQ(names(v2, 1), (std::vector<std::string>{"block.1.expand.conv", "block.1.expand.bn", "block.1.project.conv",
                                                    "block.1.project.bn"}));
  EXPECT_EQ(names(b0, -1), (std::vector<std::string>{"stem.conv", "stem.bn", "head.conv", "head.bn", "classifier"}));
}

TEST(Architecture, LayerNamesAreUnique) {
  for (const Variant& variant : variants()) {
    std::set<std::string> names;
    for (const LayerSpec& layer : layers(variant, 10)) EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
  }
}

TEST(Architecture, FindsByIdAndName) {
  EXPECT_EQ(find_variant("B3"), &variants()[3]);
  EXPECT_EQ(find_variant("efficientnet-b7"), &variants()[7]);
  EXPECT_EQ(find_variant("EfficientNetV2_B0"), &variants()[8]);
  EXPECT_EQ(find_variant("v2_b1"), &variants()[9]);
  EXPECT_EQ(find_variant("b8"), nullptr);
  EXPECT_EQ(find_variant(""), nullptr);
}

TEST(Architecture, MultiplyAddsOfAnOddSize) {
  const Variant& b0 = *find_variant("b0");
  EXPECT_DOUBLE_EQ(multiply_adds(b0, 223, 224, 1000), multiply_adds(b0, 224, 224, 1000));
  EXPECT_LT(multiply_adds(b0, 222, 224, 1000), multiply_adds(b0, 224, 224, 1000));
}

}  // namespace
}  // namespace effcam::architecture
