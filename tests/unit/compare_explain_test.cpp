// What a request can ask for beyond a layer and a method: signs, negation, probabilities, smoothing, a judgement.
#include <gtest/gtest.h>

#include <cmath>

#include "compare/explain.h"
#include "compare/explain_classes.h"
#include "compare/smoothing.h"
#include "model/randomised.h"
#include "support/synthetic.h"

namespace effcam::compare {
namespace {

using efficientnet::Layer;

image::Image picture(int width, int height) {
  image::Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
  std::uint32_t state = 17;
  for (std::uint8_t& value : image.rgb) value = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  return image;
}

class ExplainTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<std::uint8_t> bytes = test::synthetic_checkpoint(*architecture::find_variant("b0"), 10, 3,
                                                                       checkpoint::Dialect::torchvision);
    Result<std::unique_ptr<model::Model>> model = model::load(bytes, {.gradients = true, .size = 64});
    ASSERT_TRUE(model) << model.error().message;
    model_ = std::move(*model);
  }

  CellResult explain(const Request& request) {
    Explanation explanation(picture_, *model_, request, pool_);
    double share = 0;
    while (true) {
      const Result<bool> more = explanation.step();
      EXPECT_TRUE(more) << more.error().message;
      EXPECT_GE(explanation.share(), share) << "progress goes back";
      EXPECT_LE(explanation.share(), 1);
      share = explanation.share();
      if (!more || !*more) break;
    }
    return explanation.take();
  }

  image::Image picture_ = picture(64, 64);
  nn::ThreadPool pool_{2};
  std::unique_ptr<model::Model> model_;
};

void expect_near(const cam::HeatMap& actual, const cam::HeatMap& expected, float factor = 1) {
  ASSERT_EQ(actual.values.size(), expected.values.size());
  const float tolerance = 1e-5f * std::max(cam::maximum(expected), -cam::minimum(expected));
  for (std::size_t i = 0; i < actual.values.size(); ++i)
    EXPECT_NEAR(actual.values[i], factor * expected.values[i], tolerance) << i;
}

TEST_F(ExplainTest, ACounterfactualIsTheNegatedMap) {
  Request request{.target = "2", .layers = {{Layer::Kind::stage, 4}}, .method = cam::Method::hires_cam,
                  .sign = cam::Sign::both};
  const cam::HeatMap map = explain(request).map;
  EXPECT_LT(cam::minimum(map), 0);
  EXPECT_GT(cam::maximum(map), 0);
  request.counterfactual = true;
  expect_near(explain(request).map, map, -1);
  request.sign = cam::Sign::non_negative;
  const CellResult result = explain(request);
  EXPECT_TRUE(result.counterfactual);
  EXPECT_FALSE(result.is_signed);
  for (std::size_t i = 0; i < map.values.size(); ++i)
    EXPECT_NEAR(result.map.values[i], std::max(-map.values[i], 0.0f), 1e-5 * cam::maximum(result.map));
}

TEST_F(ExplainTest, AContrastIsTheDifferenceOfTwoMaps) {
  Request request{.target = "2", .layers = {{Layer::Kind::stage, 4}}, .sign = cam::Sign::both};
  cam::HeatMap difference = explain(request).map;
  request.target = "5";
  const cam::HeatMap other = explain(request).map;
  for (std::size_t i = 0; i < other.values.size(); ++i) difference.values[i] -= other.values[i];
  request.target = "2-5";
  expect_near(explain(request).map, difference);
}

TEST_F(ExplainTest, TheMapOfAProbabilityWeighsEveryClass) {
  Request request{.target = "2", .sign = cam::Sign::both, .with_logits = true};
  const CellResult first = explain(request);
  cam::HeatMap expected = first.map;
  std::ranges::fill(expected.values, 0.0f);
  const std::vector<float> p = model::softmax(first.logits);
  for (int k = 0; k < 10; ++k) {
    request.target = text(k);
    const cam::HeatMap map = explain(request).map;
    for (std::size_t i = 0; i < map.values.size(); ++i)
      expected.values[i] += p[2] * ((k == 2 ? 1.0f : 0.0f) - p[k]) * map.values[i];
  }
  request.target = "2";
  request.score = Score::probability;
  const CellResult result = explain(request);
  EXPECT_EQ(result.score, Score::probability);
  ASSERT_EQ(result.map.values.size(), expected.values.size());
  for (std::size_t i = 0; i < expected.values.size(); ++i)
    EXPECT_NEAR(result.map.values[i], expected.values[i], 1e-4 * cam::maximum(first.map));
}

TEST_F(ExplainTest, SmoothingIsTheMeanOfSixPasses) {
  const Layer layer{Layer::Kind::stage, 4};
  const Request request{.target = "2", .layers = {layer}, .sign = cam::Sign::both, .smooth = true};
  const image::Input input = image::prepare(picture_, model_->description.preprocessing);
  cam::HeatMap mean;
  efficientnet::Network& network = model_->network;
  std::vector<float> seed(10);
  seed[2] = 1;
  for (const float contrast : {1.0f, 0.9f, 1.1f})
    for (const bool mirrored : {false, true}) {
      std::vector<float> values = input.values;
      for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x)
          for (int c = 0; c < 3; ++c)
            values[(y * 64 + x) * 3 + c] = contrast * input.values[(y * 64 + (mirrored ? 63 - x : x)) * 3 + c];
      ASSERT_TRUE(network.plan(1, 64, 64, {.layers = {layer}, .targets = 1}, pool_));
      network.forward(values, pool_);
      network.backward(seed, pool_);
      const efficientnet::LayerShape shape = network.shape(layer);
      const cam::HeatMap map =
          cam::heat_map(cam::Method::grad_cam, {shape.height, shape.width, shape.channels, network.activation(layer)},
                        {shape.height, shape.width, shape.channels, network.gradient(layer)}, cam::Sign::both);
      if (mean.values.empty()) mean = {map.height, map.width, std::vector<float>(map.values.size())};
      for (int y = 0; y < map.height; ++y)
        for (int x = 0; x < map.width; ++x)
          mean.values[y * map.width + x] += map.values[y * map.width + (mirrored ? map.width - 1 - x : x)] / 6;
    }
  const CellResult result = explain(request);
  EXPECT_TRUE(result.smooth);
  expect_near(result.map, mean);
}

TEST_F(ExplainTest, FinerCamMakesItsOwnContrast) {
  Explanation explanation(picture_, *model_, {.target = "2-5", .method = cam::Method::finer_cam}, pool_);
  Result<bool> more = true;
  while (more && *more) more = explanation.step();
  ASSERT_FALSE(more);
  EXPECT_NE(more.error().message.find("finer-cam makes its own contrast"), std::string::npos) << more.error().message;
}

TEST_F(ExplainTest, AJudgementComesWithItsBaselines) {
  const CellResult result = explain({.judge = true});
  ASSERT_TRUE(result.judgement);
  const Judgement& judgement = *result.judgement;
  EXPECT_EQ(judgement.confidence, result.target.probability);
  for (std::size_t which = 0; which < kJudged.size(); ++which) {
    const FaithfulnessScores& scores = judged(judgement, which);
    ASSERT_GE(scores.deletion.share.size(), 3u);
    // Nothing deleted, or everything restored, is the input itself.
    EXPECT_NEAR(scores.deletion.confidence.front(), result.target.probability, 1e-6);
    EXPECT_NEAR(scores.insertion.confidence.back(), result.target.probability, 1e-6);
    EXPECT_EQ(scores.deletion.confidence.back(), judgement.map.deletion.confidence.back()) << "all is deleted";
  }
  ASSERT_TRUE(judgement.completeness);
  EXPECT_LT(*judgement.completeness, 1e-4);
  ASSERT_TRUE(judgement.random_weights_rank);
  EXPECT_LE(std::abs(*judgement.random_weights_rank), 1);
  EXPECT_GT(judgement.ms, 0);
  const CellResult layer_cam = explain({.method = cam::Method::layer_cam, .judge = true});
  EXPECT_FALSE(layer_cam.judgement->completeness) << "LayerCAM promises none";
}

TEST_F(ExplainTest, RandomWeightsKeepTheirScaleThroughTheDeepestVariant) {
  const std::vector<std::uint8_t> bytes = test::synthetic_checkpoint(*architecture::find_variant("b3"), 10, 3,
                                                                     checkpoint::Dialect::torchvision);
  const Result<std::unique_ptr<model::Model>> model = model::load(bytes, {.size = 64});
  ASSERT_TRUE(model);
  Result<std::unique_ptr<model::Model>> random = model::randomised(**model, 7);
  ASSERT_TRUE(random) << random.error().message;
  efficientnet::Network& network = (*random)->network;
  const image::Input input = image::prepare(picture_, (*random)->description.preprocessing);
  ASSERT_TRUE(network.plan(1, 64, 64, {.layers = {Layer{}}}, pool_));
  network.forward(input.values, pool_);
  float largest = 0;
  for (const float value : network.activation({})) largest = std::max(largest, std::abs(value));
  EXPECT_GT(largest, 1e-3f);
  EXPECT_LT(largest, 1e3f);
}

TEST_F(ExplainTest, ClassesAtOnceAreClassesOneByOne) {
  const Request request{.layers = {{Layer::Kind::stage, 4}, {Layer::Kind::head}}, .method = cam::Method::layer_cam};
  const Result<std::vector<CellResult>> together = explain_classes(picture_, *model_, request, 4, pool_);
  ASSERT_TRUE(together) << together.error().message;
  ASSERT_EQ(together->size(), 4u);
  for (const CellResult& each : *together) {
    Request alone = request;
    alone.target = text(each.target.index);
    const CellResult expected = explain(alone);
    EXPECT_EQ(each.target.probability, expected.target.probability);
    EXPECT_EQ(each.top.size(), 5u);
    EXPECT_EQ(each.layer, "stage4,head");
    expect_near(each.map, expected.map);
  }
  EXPECT_GT((*together)[0].target.probability, (*together)[3].target.probability);
  EXPECT_FALSE(explain_classes(picture_, *model_, {.method = cam::Method::score_cam}, 4, pool_));
}

TEST(Costs, AreSaidBeforeTheyAreMade) {
  const architecture::Variant& b0 = *architecture::find_variant("b0");
  EXPECT_EQ(forward_passes({}, b0), 1);
  EXPECT_EQ(forward_passes({.layers = {{Layer::Kind::stage, 5}}}, b0), 2);
  EXPECT_EQ(forward_passes({.method = cam::Method::score_cam}, b0), 1 + 1280);
  EXPECT_EQ(forward_passes({.layers = {{Layer::Kind::stage, 5}}, .method = cam::Method::score_cam}, b0), 1 + 112);
  EXPECT_LT(forward_passes({.layers = {{Layer::Kind::stage, 5}}, .method = cam::Method::ablation_cam}, b0), 1 + 112);
  EXPECT_EQ(forward_passes({.smooth = true}, b0), 6);
  EXPECT_EQ(forward_passes({.layers = {{Layer::Kind::block, 99}}, .method = cam::Method::score_cam}, b0), 1);
}

}  // namespace
}  // namespace effcam::compare
