#include "compare/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace effcam::compare {
namespace {

constexpr image::Box kWhole{0, 0, 8, 8};

CellResult cell(const std::string& label, cam::HeatMap map, const image::Box& box = kWhole) {
  CellResult result;
  result.top = {{0, label, 1, 0.5f}};
  result.target = result.top[0];
  result.flat = cam::is_flat(map);
  result.map = std::move(map);
  result.box = box;
  return result;
}

Agreement agree_on(const std::vector<CellResult>& cells) {
  std::vector<const CellResult*> list;
  for (const CellResult& each : cells) list.push_back(&each);
  return agree(list);
}

Agreement agree_on_labels(const std::vector<std::string>& labels) {
  std::vector<CellResult> cells;
  for (const std::string& label : labels) cells.push_back(cell(label, {1, 2, {0, 1}}));
  return agree_on(cells);
}

std::optional<Similarity> similarity(const std::vector<float>& a, const std::vector<float>& b) {
  const std::optional<Samples> first = Samples::of(a), second = Samples::of(b);
  if (!first || !second) return std::nullopt;
  return first->similarity(*second);
}

TEST(Similarity, EqualValuesShareTheMeanOfTheirRanks) {
  EXPECT_EQ(average_ranks(std::vector<float>{10, 20, 20, 5}), (std::vector<float>{2, 3.5f, 3.5f, 1}));
  EXPECT_EQ(average_ranks(std::vector<float>{7, 7, 7}), (std::vector<float>{2, 2, 2}));
}

TEST(Similarity, TheTopFifthTakesTiesButNotWhatIsEmpty) {
  EXPECT_EQ(top_fifth(std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 9, 8}),
            (std::vector<bool>{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(top_fifth(std::vector<float>{3, 3, 1, 0, 0}), (std::vector<bool>{1, 1, 0, 0, 0})) << "a tie at the limit";
  EXPECT_EQ(top_fifth(std::vector<float>{0, 0, 0, 0, 5, 0, 0, 0, 0, 0}),
            (std::vector<bool>{0, 0, 0, 0, 1, 0, 0, 0, 0, 0})) << "less than a fifth is marked at all";
  EXPECT_EQ(top_fifth(std::vector<float>{2, 2}), (std::vector<bool>{0, 0}));
}

// Deviations −1.5, −0.5, 0.5, 1.5 and −95, −105, 285, −85: Σxy = 210, Σx² = 5, Σy² = 108,500. The ranks of b are 2, 1, 4,
// 3: Σxy = 3, Σx² = Σy² = 5.
TEST(Similarity, PearsonAndRankByHand) {
  const auto alike = similarity({1, 2, 3, 4}, {20, 10, 400, 30});
  ASSERT_TRUE(alike);
  EXPECT_NEAR(alike->pearson, 210 / std::sqrt(5 * 108500.0), 1e-12);
  EXPECT_NEAR(alike->rank, 0.6, 1e-12);
  EXPECT_EQ(alike->overlap, 0);
  const auto opposite = similarity({1, 2, 3, 4}, {4, 3, 2, 1});
  EXPECT_EQ(opposite->pearson, -1);
  EXPECT_EQ(opposite->rank, -1);
  const auto same = similarity({0.1f, 0.7f, 0.3f}, {0.1f, 0.7f, 0.3f});
  EXPECT_EQ(same->pearson, 1);
  EXPECT_EQ(same->rank, 1);
  EXPECT_EQ(same->overlap, 1);
}

TEST(Similarity, OverlapByHand) {
  const auto alike = similarity({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {8, 1, 2, 3, 4, 5, 6, 0, 7, 9});
  EXPECT_NEAR(alike->overlap, 1.0 / 3, 1e-12) << "{8, 9} and {0, 9}";
}

TEST(Similarity, IsUndefinedOfAConstantMap) {
  EXPECT_FALSE(similarity({1, 2, 3}, {5, 5, 5}));
  EXPECT_FALSE(similarity({1, 2, 3}, {5, std::numeric_limits<float>::infinity(), 0}));
  EXPECT_FALSE(similarity({1, std::numeric_limits<float>::quiet_NaN(), 3}, {1, 2, 3}));
  EXPECT_FALSE(similarity({}, {}));
  const auto tiny = similarity({0, 1e-45f}, {0, 3e38f});
  ASSERT_TRUE(tiny);
  EXPECT_NEAR(tiny->pearson, 1, 1e-12);
}

TEST(Agreement, BoxesHaveAPartInCommonOrNone) {
  EXPECT_EQ(intersection(std::vector<image::Box>{{0, 0, 10, 10}, {4, 2, 10, 5}, {1, 1, 7, 20}}),
            (image::Box{4, 2, 4, 5}));
  EXPECT_FALSE(intersection(std::vector<image::Box>{{0, 0, 4, 4}, {4, 0, 4, 4}})) << "they touch";
  EXPECT_FALSE(intersection(std::vector<image::Box>{{0, 0, 0, 4}}));
  EXPECT_FALSE(intersection({}));
}

TEST(Agreement, SamplesTheWholeAsUpsampleDoes) {
  const cam::HeatMap map{2, 3, {0, 0.5f, 1, 0.25f, 0.75f, 0}}, expected = cam::upsample(map, 16, 16);
  const cam::HeatMap samples = sample(map, {3, 5, 40, 20}, {3, 5, 40, 20}, 16);
  ASSERT_EQ(samples.values.size(), expected.values.size());
  for (std::size_t i = 0; i < expected.values.size(); ++i) EXPECT_NEAR(samples.values[i], expected.values[i], 1e-6f);
}

// The centres lie at x = 2.5 and 3.5 of 4 pixels, which are 0.75 and 1.25 in the map's columns.
TEST(Agreement, SamplesAPart) {
  const cam::HeatMap samples = sample({2, 2, {0, 1, 0, 1}}, {0, 0, 4, 4}, {2, 0, 2, 4}, 2);
  EXPECT_EQ(samples.values, (std::vector<float>{0.75f, 1, 0.75f, 1}));
}

// Both maps are a tent with its top at x = 3 of the picture; as lists of four values they are not alike at all.
TEST(Agreement, MapsOfDifferentCropsAreComparedInThePicture) {
  const Agreement agreement =
      agree_on({cell("cat", {1, 4, {0, 1, 0, 0}}), cell("cat", {1, 4, {0.75f, 0.75f, 0.25f, 0}}, {2, 2, 4, 4})});
  EXPECT_EQ(agreement.box, (image::Box{2, 2, 4, 4}));
  ASSERT_EQ(agreement.pairs.size(), 1u);
  ASSERT_TRUE(agreement.pairs[0].maps);
  EXPECT_GT(agreement.pairs[0].maps->pearson, 0.95);
  EXPECT_LT(similarity({0, 1, 0, 0}, {0.75f, 0.75f, 0.25f, 0})->pearson, 0.6);
}

TEST(Agreement, ConsensusAndDisagreementByHand) {
  const Agreement agreement = agree_on({cell("cat", {1, 2, {0, 1}}), cell("dog", {1, 2, {6, 2}})});
  ASSERT_TRUE(agreement.consensus && agreement.disagreement);
  EXPECT_EQ(agreement.consensus->width, 64);
  EXPECT_EQ(agreement.consensus->height, 64);
  for (const float value : agreement.consensus->values) EXPECT_NEAR(value, 0.5f, 1e-6f);
  EXPECT_EQ(agreement.disagreement->values.front(), 0.5f) << "0 and 1";
  EXPECT_EQ(agreement.disagreement->values[63], 0.5f) << "1 and 0";
  // Column 20 lies at 20.5/64·2 − 0.5 = 0.140625 of the way from the first value to the second: 0.140625 and 0.859375.
  EXPECT_NEAR(agreement.disagreement->values[20], 0.359375f, 1e-6f);
  EXPECT_EQ(agreement.pairs[0].maps->pearson, -1);
  EXPECT_EQ(agreement.pairs[0].maps->overlap, 0);
  EXPECT_FALSE(agreement.pairs[0].same_class);
}

TEST(Agreement, AFlatOrConstantMapIsLeftOut) {
  const Agreement agreement = agree_on({cell("cat", {1, 2, {0, 1}}), cell("cat", {1, 2, {0, 0}}),
                                        cell("cat", {1, 2, {3, 3}}), cell("cat", {1, 2, {0, 2}})});
  ASSERT_EQ(agreement.pairs.size(), 6u);
  for (const Pair& pair : agreement.pairs) EXPECT_EQ(pair.maps.has_value(), pair.a == 0 && pair.b == 3) << pair.a << pair.b;
  ASSERT_TRUE(agreement.consensus);
  EXPECT_EQ(agreement.consensus->values.back(), 1);
  EXPECT_EQ(agreement.disagreement->values.back(), 0);
  EXPECT_FALSE(agree_on({cell("cat", {1, 2, {0, 1}}), cell("cat", {1, 2, {0, 0}})}).consensus);
}

TEST(Agreement, NothingInCommonIsUndefined) {
  const Agreement agreement =
      agree_on({cell("cat", {1, 2, {0, 1}}, {0, 0, 4, 8}), cell("cat", {1, 2, {0, 1}}, {4, 0, 4, 8})});
  EXPECT_FALSE(agreement.box);
  EXPECT_FALSE(agreement.consensus);
  ASSERT_EQ(agreement.pairs.size(), 1u);
  EXPECT_FALSE(agreement.pairs[0].maps);
  EXPECT_TRUE(agreement.pairs[0].same_class);
}

TEST(Agreement, ClassesAreComparedByTheirNames) {
  const Agreement three = agree_on_labels({"fox", "Tabby", "tabby"});
  ASSERT_NE(three.majority(), nullptr);
  EXPECT_EQ(three.majority()->label, "Tabby");
  EXPECT_EQ(three.majority()->models, (std::vector<int>{1, 2}));
  EXPECT_EQ(agreement_sentence(three), "2 of 3 say Tabby");
  EXPECT_FALSE(three.pairs[0].same_class);
  EXPECT_TRUE(three.pairs[2].same_class);
  EXPECT_EQ(agree_on_labels({"fox", "tabby"}).majority(), nullptr);
  EXPECT_EQ(agreement_sentence(agree_on_labels({"fox", "tabby"})), "Both differ");
  EXPECT_EQ(agreement_sentence(agree_on_labels({"fox", "tabby", "cat"})), "All 3 differ");
  const Agreement tied = agree_on_labels({"fox", "cat", "cat", "fox", "tabby"});
  EXPECT_EQ(tied.majority(), nullptr);
  EXPECT_EQ(agreement_sentence(tied), "Tied: 2 of 5 say fox, 2 cat");
}

TEST(Agreement, ModelsWithoutAnAnswerDoNotCount) {
  const CellResult first = cell("cat", {1, 2, {0, 1}}), last = cell("cat", {1, 2, {0, 1}});
  const std::vector<const CellResult*> cells = {&first, nullptr, &last};
  const Agreement agreement = agree(cells);
  EXPECT_EQ(agreement.models, 2);
  ASSERT_EQ(agreement.pairs.size(), 1u);
  EXPECT_EQ(agreement.pairs[0].b, 2);
  EXPECT_EQ(agreement_sentence(agreement), "2 of 2 say cat");
  const Agreement alone = agree_on_labels({"cat"});
  EXPECT_EQ(alone.majority(), nullptr);
  EXPECT_EQ(agreement_sentence(alone), "");
  EXPECT_EQ(agreement_sentence(agree({})), "");
}

TEST(Agreement, MeansOverImages) {
  const Agreement same = agree_on({cell("cat", {1, 2, {0, 1}}), cell("cat", {1, 2, {0, 2}})});
  const Agreement opposite = agree_on({cell("cat", {1, 2, {0, 1}}), cell("dog", {1, 2, {1, 0}})});
  const Agreement flat = agree_on({cell("cat", {1, 2, {0, 1}}), cell("cat", {1, 2, {0, 0}}), cell("cat", {1, 2, {0, 1}})});
  const std::vector<const Agreement*> images = {&same, &opposite, &flat};
  const std::vector<PairMean> means = mean_agreement(images);
  ASSERT_EQ(means.size(), 3u);
  EXPECT_EQ(means[0].a, 0);
  EXPECT_EQ(means[0].b, 1);
  EXPECT_EQ(means[0].images, 3);
  EXPECT_EQ(means[0].maps, 2);
  EXPECT_NEAR(means[0].same_class, 2.0 / 3, 1e-12);
  ASSERT_TRUE(means[0].similarity);
  EXPECT_NEAR(means[0].similarity->pearson, 0, 1e-12);
  EXPECT_NEAR(means[0].similarity->overlap, 0.5, 1e-12);
  EXPECT_EQ(means[2].images, 1);
  EXPECT_FALSE(means[2].similarity) << "models 1 and 2: one map is flat";
}

}  // namespace
}  // namespace effcam::compare
