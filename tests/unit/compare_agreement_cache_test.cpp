#include "compare/agreement_cache.h"

#include <gtest/gtest.h>

namespace effcam::compare {
namespace {

// Two pictures and two models, all ready; the engine's part is played by hand.
class AgreementCacheTest : public testing::Test {
 protected:
  AgreementCacheTest() {
    for (const Id model : {one_, two_}) board_.apply(ModelReady{model, ModelInfo{}});
    for (const Id picture : {a_, b_}) board_.apply(PictureReady{picture, PictureInfo{}});
  }

  void answer(Id picture, Id model, const std::string& label, std::vector<float> map) {
    CellResult result;
    result.top = {{0, label, 1, 1}};
    result.map = {1, 2, std::move(map)};
    result.box = {0, 0, 8, 8};
    board_.apply(CellReady{board_.cell(picture, model)->id, std::move(result)});
  }

  Board board_{[](const Command&) {}};
  Id a_ = board_.announce_picture("a.jpg"), b_ = board_.announce_picture("b.jpg");
  Id one_ = board_.announce_model("one"), two_ = board_.announce_model("two");
  AgreementCache cache_;
};

TEST_F(AgreementCacheTest, IsThereWhenTwoModelsHaveAnswered) {
  EXPECT_EQ(cache_.of(board_, a_), nullptr);
  answer(a_, one_, "cat", {0, 1});
  EXPECT_EQ(cache_.of(board_, a_), nullptr);
  answer(a_, two_, "cat", {0, 1});
  ASSERT_NE(cache_.of(board_, a_), nullptr);
  EXPECT_EQ(agreement_sentence(cache_.of(board_, a_)->agreement), "2 of 2 say cat");
  EXPECT_EQ(cache_.of(board_, b_), nullptr);
}

TEST_F(AgreementCacheTest, IsComputedAgainOnlyWhenACellOfTheRowHasChanged) {
  for (const Id picture : {a_, b_})
    for (const Id model : {one_, two_}) answer(picture, model, "cat", {0, 1});
  const std::uint64_t first = cache_.of(board_, a_)->version;
  EXPECT_EQ(cache_.of(board_, a_)->version, first);
  board_.apply(CellProgress{board_.cell(a_, one_)->id, 0.5});
  answer(b_, one_, "fox", {1, 0});
  EXPECT_EQ(cache_.of(board_, a_)->version, first) << "its own cells are as they were";
  answer(a_, two_, "fox", {1, 0});
  EXPECT_GT(cache_.of(board_, a_)->version, first);
  EXPECT_EQ(agreement_sentence(cache_.of(board_, a_)->agreement), "Both differ");
}

TEST_F(AgreementCacheTest, MeansFollowTheBoard) {
  answer(a_, one_, "cat", {0, 1});
  answer(a_, two_, "cat", {0, 1});
  ASSERT_EQ(cache_.means(board_).size(), 1u);
  EXPECT_EQ(cache_.means(board_)[0].images, 1);
  answer(b_, one_, "cat", {0, 1});
  answer(b_, two_, "fox", {1, 0});
  EXPECT_EQ(cache_.means(board_)[0].images, 2);
  EXPECT_EQ(cache_.means(board_)[0].same_class, 0.5);
  board_.remove_picture(a_);
  EXPECT_EQ(cache_.means(board_)[0].images, 1);
  board_.remove_model(one_);
  EXPECT_TRUE(cache_.means(board_).empty());
  EXPECT_EQ(cache_.of(board_, b_), nullptr);
}

TEST_F(AgreementCacheTest, ComputesWithinItsBudget) {
  for (const Id picture : {a_, b_})
    for (const Id model : {one_, two_}) answer(picture, model, "cat", {0, 1});
  cache_.begin(0);
  EXPECT_NE(cache_.of(board_, a_), nullptr) << "one row at least";
  EXPECT_EQ(cache_.of(board_, b_), nullptr);
  EXPECT_TRUE(cache_.pending());
  EXPECT_EQ(cache_.means(board_)[0].images, 1) << "of what is there";
  cache_.begin(0);
  EXPECT_FALSE(cache_.pending());
  EXPECT_NE(cache_.of(board_, b_), nullptr);
  EXPECT_FALSE(cache_.pending());
  EXPECT_EQ(cache_.means(board_)[0].images, 2);
}

}  // namespace
}  // namespace effcam::compare
