// The plain twin and the fused network: the same numbers, forward and backward, of every variant.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "efficientnet/network.h"
#include "support/nn_reference.h"
#include "support/synthetic.h"

namespace effcam::efficientnet {
namespace {

using architecture::Padding;
using architecture::Variant;

constexpr int kClasses = 7;

// Both are sums in f32 in different orders, and their swishes differ by 2e-6.
void expect_same(std::span<const float> got, std::span<const float> expected, const std::string& what, double within = 1e-4) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  const double most = test::largest(test::widened(expected));
  ASSERT_GT(most, 0) << what;
  EXPECT_LT(test::largest_difference(got, test::widened(expected)), within * most) << what;
}

Network make(const Variant& variant, Padding padding, Operators operators, bool gradients) {
  auto network = Network::create({.variant = &variant,
                                  .classes = kClasses,
                                  .padding = padding,
                                  .gradients = gradients,
                                  .operators = operators},
                                 test::SyntheticParameters(variant, kClasses, 11));
  EXPECT_TRUE(network.has_value());
  return std::move(*network);
}

struct Setting {
  const char* variant;
  Padding padding;
};

class PlainTwin : public testing::TestWithParam<Setting> {
 protected:
  const Variant& variant_ = *architecture::find_variant(GetParam().variant);
  nn::ThreadPool pool_{2};
};

// Odd sizes, so that the pads of the two sides differ; two targets.
TEST_P(PlainTwin, LogitsActivationsAndGradientsAreTheFusedNetworks) {
  constexpr int kHeight = 47, kWidth = 61;
  const std::vector<float> input = test::synthetic_image(kHeight, kWidth, 5);
  Wanted wanted{.layers = {{Layer::Kind::head}, {Layer::Kind::head_raw}, {Layer::Kind::input}}, .targets = 2};
  for (int b = 0; b < static_cast<int>(variant_.blocks.size()); ++b) wanted.layers.push_back({Layer::Kind::block, b});
  std::vector<float> seeds(2 * kClasses);
  seeds[1] = 1;
  seeds[kClasses + 3] = 1, seeds[kClasses] = -1;
  Network fused = make(variant_, GetParam().padding, Operators::fused, true);
  Network plain = make(variant_, GetParam().padding, Operators::xnnpack, true);
  for (Network* network : {&fused, &plain}) {
    ASSERT_TRUE(network->plan(1, kHeight, kWidth, wanted, pool_).has_value());
    network->forward(input, pool_);
  }
  expect_same(plain.logits(), fused.logits(), "logits");
  for (const Layer layer : wanted.layers) expect_same(plain.activation(layer), fused.activation(layer), layer_name(layer));
  for (const nn::SwishRule rule : {nn::SwishRule::plain, nn::SwishRule::guided}) {
    // The guided rule jumps at zero: a value that rounding moves across it counts for one of them and not for the other.
    const double within = rule == nn::SwishRule::guided ? 0.02 : 1e-4;
    if (rule == nn::SwishRule::guided) {  // a plan's backward pass runs once
      plain.forward(input, pool_);
      fused.forward(input, pool_);
    }
    plain.backward(seeds, pool_, rule);
    fused.backward(seeds, pool_, rule);
    for (const Layer layer : wanted.layers)
      for (int target = 0; target < 2; ++target)
        expect_same(plain.gradient(layer, target), fused.gradient(layer, target), layer_name(layer) + ", gradient", within);
  }
}

std::vector<Setting> every_variant_with_both_paddings() {
  std::vector<Setting> settings;
  for (const Padding padding : {Padding::same, Padding::symmetric})
    for (const char* variant : {"b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "v2-b0", "v2-b1", "v2-b2", "v2-b3"})
      settings.push_back({variant, padding});
  return settings;
}

INSTANTIATE_TEST_SUITE_P(Networks, PlainTwin, testing::ValuesIn(every_variant_with_both_paddings()), [](const auto& info) {
  std::string name = info.param.variant;
  std::erase(name, '-');
  return name + (info.param.padding == Padding::same ? "_same" : "_symmetric");
});

class PlainB0 : public testing::Test {
 protected:
  static constexpr int kHeight = 75, kWidth = 58;

  Network make(bool gradients, Operators operators = Operators::xnnpack) {
    return efficientnet::make(variant_, Padding::same, operators, gradients);
  }
  std::vector<float> logits(Network& network, const std::vector<float>& input, int images, int threads) {
    nn::ThreadPool pool(threads);
    EXPECT_TRUE(network.plan(images, kHeight, kWidth, {}, pool).has_value());
    network.forward(input, pool);
    return {network.logits().begin(), network.logits().end()};
  }

  const Variant& variant_ = *architecture::find_variant("b0");
};

TEST_F(PlainB0, ABatchIsItsImagesOneByOne) {
  Network network = make(false);
  std::vector<float> batch, expected;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const std::vector<float> image = test::synthetic_image(kHeight, kWidth, seed);
    batch.insert(batch.end(), image.begin(), image.end());
    const std::vector<float> made = logits(network, image, 1, 2);
    expected.insert(expected.end(), made.begin(), made.end());
  }
  expect_same(logits(network, batch, 3, 2), expected, "batch");
}

TEST_F(PlainB0, TheBitsAreTheSameOnAnyNumberOfThreads) {
  Network network = make(true);
  const std::vector<float> input = test::synthetic_image(kHeight, kWidth, 5);
  const Layer stem_side{Layer::Kind::block, 0};
  std::vector<float> seed(kClasses), expected, expected_gradient;
  seed[2] = 1;
  for (const int threads : {1, 2, 3, 5}) {
    nn::ThreadPool pool(threads);
    ASSERT_TRUE(network.plan(1, kHeight, kWidth, {.layers = {stem_side}, .targets = 1}, pool).has_value());
    network.forward(input, pool);
    network.backward(seed, pool);
    const std::vector<float> made(network.logits().begin(), network.logits().end());
    const std::vector<float> gradient(network.gradient(stem_side).begin(), network.gradient(stem_side).end());
    if (threads == 1) expected = made, expected_gradient = gradient;
    EXPECT_EQ(made, expected) << threads;
    EXPECT_EQ(gradient, expected_gradient) << threads;
  }
}

TEST_F(PlainB0, ABackwardPassThatIsRepeatedIsTheSame) {
  Network network = make(true);
  nn::ThreadPool pool(2);
  const Layer layer{Layer::Kind::stage, 2};
  ASSERT_TRUE(network.plan(1, kHeight, kWidth, {.layers = {layer}, .targets = 1, .repeatable = true}, pool).has_value());
  network.forward(test::synthetic_image(kHeight, kWidth, 5), pool);
  std::vector<float> seed(kClasses);
  seed[2] = 1;
  network.backward(seed, pool);
  const std::vector<float> once(network.gradient(layer).begin(), network.gradient(layer).end());
  network.backward(seed, pool);
  EXPECT_EQ(once, std::vector<float>(network.gradient(layer).begin(), network.gradient(layer).end()));
}

// As the methods do that change a layer.
TEST_F(PlainB0, PassesBeginAtAnyLayer) {
  Network network = make(false);
  nn::ThreadPool pool(2);
  const std::vector<float> input = test::synthetic_image(kHeight, kWidth, 5);
  const std::vector<Layer> layers{{Layer::Kind::stage, 3}, {Layer::Kind::head_raw}, {Layer::Kind::head}};
  ASSERT_TRUE(network.plan(1, kHeight, kWidth, {.layers = layers}, pool).has_value());
  network.forward(input, pool);
  const std::vector<float> expected(network.logits().begin(), network.logits().end());
  std::vector<std::vector<float>> kept;
  std::vector<LayerShape> shapes;
  for (const Layer layer : layers) {
    kept.emplace_back(network.activation(layer).begin(), network.activation(layer).end());
    shapes.push_back(network.shape(layer));
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ASSERT_TRUE(network.plan_from(layers[i], shapes[i], 1, pool).has_value());
    network.forward(kept[i], pool);
    EXPECT_EQ(expected, std::vector<float>(network.logits().begin(), network.logits().end())) << layer_name(layers[i]);
  }
}

TEST_F(PlainB0, RefusesInt8WithASentence) {
  const auto made = Network::create({.variant = &variant_,
                                     .classes = kClasses,
                                     .precision = Precision::int8,
                                     .operators = Operators::xnnpack},
                                    test::SyntheticParameters(variant_, kClasses, 1));
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().message.find("int8"), std::string::npos);
}

}  // namespace
}  // namespace effcam::efficientnet
