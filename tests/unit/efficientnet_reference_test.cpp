// Small networks with every kind of block, against double-precision scalar code: logits, activations, and gradients by
// central finite differences.
#include <gtest/gtest.h>

#include "efficientnet/network.h"
#include "support/reference_network.h"
#include "support/synthetic.h"

namespace effcam::efficientnet {
namespace {

using architecture::Block;
using architecture::BlockKind;
using architecture::Padding;
using test::Doubles;
using test::Tensor;

// One block of each kind, with and without residual, expansion and stride.
const architecture::Variant& small_variant() {
  static const architecture::Variant variant{
      .id = "small",
      .name = "small",
      .size = 36,
      .stem = 8,
      .head = 24,
      .blocks = {Block{BlockKind::convolution, 1, 0, 3, 1, 1, 8, 8, 0},
                 Block{BlockKind::fused_mbconv, 2, 0, 3, 2, 4, 8, 12, 0},
                 Block{BlockKind::fused_mbconv, 2, 1, 3, 1, 4, 12, 12, 0},
                 Block{BlockKind::mbconv, 3, 0, 3, 1, 1, 12, 8, 3},
                 Block{BlockKind::mbconv, 4, 0, 5, 2, 6, 8, 16, 2},
                 Block{BlockKind::mbconv, 4, 1, 5, 1, 6, 16, 16, 4},
                 Block{BlockKind::mbconv, 5, 0, 3, 2, 6, 16, 20, 4}}};
  return variant;
}

constexpr int kClasses = 5;

struct Setting {
  Padding padding;
  int height, width, threads;
  Operators operators = Operators::fused;
};

class SmallNetwork : public testing::TestWithParam<Setting> {
 protected:
  SmallNetwork() : input_(test::synthetic_image(GetParam().height, GetParam().width, 5)) {}

  Network make(bool gradients) {
    auto network = Network::create({.variant = &small_variant(),
                                    .classes = kClasses,
                                    .padding = GetParam().padding,
                                    .gradients = gradients,
                                    .operators = GetParam().operators},
                                   parameters_);
    EXPECT_TRUE(network.has_value());
    return std::move(*network);
  }
  Tensor input() const { return {{1, GetParam().height, GetParam().width, 3}, test::widened(input_)}; }

  test::SyntheticParameters parameters_{small_variant(), kClasses, 11};
  test::ReferenceNetwork reference_{small_variant(), GetParam().padding, 1e-3f, parameters_};
  std::vector<float> input_;
  nn::ThreadPool pool_{GetParam().threads};
};

TEST_P(SmallNetwork, LogitsAndEveryBlocksOutput) {
  Network network = make(false);
  Wanted wanted;
  for (int b = 0; b < static_cast<int>(small_variant().blocks.size()); ++b)
    wanted.layers.push_back({Layer::Kind::block, b});
  ASSERT_TRUE(network.plan(1, GetParam().height, GetParam().width, wanted, pool_).has_value());
  network.forward(input_, pool_);
  const std::vector<Tensor> places = reference_.places(input());
  for (std::size_t b = 0; b < wanted.layers.size(); ++b) {
    const Doubles& expected = places[2 + b].values;
    EXPECT_LT(test::largest_difference(network.activation(wanted.layers[b]), expected),
              1e-5 * test::largest(expected))
        << "block " << b;
  }
  EXPECT_LT(test::largest_difference(network.logits(), reference_.logits_from(0, input())), 1e-5);
}

TEST_P(SmallNetwork, AnotherPlanGivesTheSameLogits) {
  Network network = make(true);
  ASSERT_TRUE(network.plan(1, GetParam().height, GetParam().width, {}, pool_).has_value());
  network.forward(input_, pool_);
  const std::vector<float> plain(network.logits().begin(), network.logits().end());
  ASSERT_TRUE(network.plan(1, GetParam().height, GetParam().width, {.layers = {{Layer::Kind::input, 0}}, .targets = 2},
                           pool_)
                  .has_value());
  network.forward(input_, pool_);
  EXPECT_EQ(plain, std::vector<float>(network.logits().begin(), network.logits().end()));
}

TEST_P(SmallNetwork, ABatchIsItsImagesOneByOne) {
  Network network = make(false);
  const int height = GetParam().height, width = GetParam().width;
  std::vector<float> batch, expected;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const std::vector<float> image = test::synthetic_image(height, width, seed);
    batch.insert(batch.end(), image.begin(), image.end());
    ASSERT_TRUE(network.plan(1, height, width, {}, pool_).has_value());
    network.forward(image, pool_);
    expected.insert(expected.end(), network.logits().begin(), network.logits().end());
  }
  ASSERT_TRUE(network.plan(3, height, width, {}, pool_).has_value());
  network.forward(batch, pool_);
  EXPECT_LT(test::largest_difference(network.logits(), test::widened(expected)), 1e-5);
}

// ∂logit/∂x at a few places of every layer by (f(x + h) − f(x − h))/2h in double precision.
TEST_P(SmallNetwork, GradientsAreFiniteDifferences) {
  Network network = make(true);
  Wanted wanted{.layers = {{Layer::Kind::input, 0}}, .targets = 2};
  for (int b = 0; b < static_cast<int>(small_variant().blocks.size()); ++b)
    wanted.layers.push_back({Layer::Kind::block, b});
  ASSERT_TRUE(network.plan(1, GetParam().height, GetParam().width, wanted, pool_).has_value());
  network.forward(input_, pool_);
  std::vector<float> seeds(2 * kClasses);
  seeds[1] = 1;                                        // class 1
  seeds[kClasses + 3] = 1, seeds[kClasses + 0] = -1;   // class 3 and not class 0
  network.backward(seeds, pool_);

  const std::vector<Tensor> places = reference_.places(input());
  for (std::size_t l = 0; l < wanted.layers.size(); ++l) {
    const int place = l == 0 ? 0 : static_cast<int>(l) + 1;
    for (int target = 0; target < 2; ++target) {
      const std::span<const float> gradient = network.gradient(wanted.layers[l], target);
      ASSERT_EQ(gradient.size(), places[place].values.size());
      const double most = test::largest(test::widened(gradient));
      ASSERT_GT(most, 0);
      for (std::size_t i = gradient.size() / 7; i < gradient.size(); i += gradient.size() / 3 + 1) {
        constexpr double kStep = 1e-4;
        const auto value = [&](double step) {
          Tensor moved = places[place];
          moved.values[i] += step;
          const Doubles logits = reference_.logits_from(place, moved);
          return target == 0 ? logits[1] : logits[3] - logits[0];
        };
        EXPECT_NEAR(gradient[i], (value(kStep) - value(-kStep)) / (2 * kStep), 1e-4 * most)
            << layer_name(wanted.layers[l]) << " at " << i << ", target " << target;
      }
    }
  }
}

TEST_P(SmallNetwork, HeadGradientsNeedNoBackwardPass) {
  Network network = make(false);
  const Layer head{Layer::Kind::head, 0}, raw{Layer::Kind::head_raw, 0};
  ASSERT_TRUE(
      network.plan(1, GetParam().height, GetParam().width, {.layers = {head, raw}, .targets = 1}, pool_).has_value());
  network.forward(input_, pool_);
  std::vector<float> seed(kClasses);
  seed[2] = 1;
  network.backward(seed, pool_);
  // At the post-swish features Σ_p Σ_c G·A + b = y exactly.
  double sum = network.classifier_bias()[2];
  const std::span<const float> a = network.activation(head), g = network.gradient(head);
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * g[i];
  EXPECT_NEAR(sum, network.logits()[2], 1e-5);
  // A layer before the head does need one, and weights for it.
  EXPECT_FALSE(network
                   .plan(1, GetParam().height, GetParam().width,
                         {.layers = {{Layer::Kind::block, 0}}, .targets = 1}, pool_)
                   .has_value());
}

INSTANTIATE_TEST_SUITE_P(Settings, SmallNetwork,
                         testing::Values(Setting{Padding::same, 36, 36, 1}, Setting{Padding::same, 33, 47, 2},
                                         Setting{Padding::symmetric, 36, 36, 2}, Setting{Padding::symmetric, 45, 34, 1},
                                         Setting{Padding::same, 33, 47, 2, Operators::xnnpack},
                                         Setting{Padding::symmetric, 45, 34, 1, Operators::xnnpack}),
                         [](const auto& info) { return "Setting" + std::to_string(info.index); });

TEST(Network, RefusesSizesAndLayersWithASentence) {
  const test::SyntheticParameters parameters(small_variant(), kClasses, 1);
  auto network = Network::create({.variant = &small_variant(), .classes = kClasses}, parameters);
  ASSERT_TRUE(network.has_value());
  nn::ThreadPool pool(1);
  EXPECT_FALSE(network->plan(1, 31, 64, {}, pool).has_value());
  EXPECT_FALSE(network->plan(1, 64, 100000, {}, pool).has_value());
  const Status status = network->plan(1, 64, 64, {.layers = {{Layer::Kind::block, 99}}}, pool);
  ASSERT_FALSE(status.has_value());
  EXPECT_NE(status.error().message.find("blocks are 0 to 6"), std::string::npos) << status.error().message;
}

TEST(Network, PackingCanBeStopped) {
  const test::SyntheticParameters parameters(small_variant(), kClasses, 1);
  int calls = 0;
  const auto network = Network::create({.variant = &small_variant(), .classes = kClasses}, parameters,
                                       [&](double) { return ++calls < 3; });
  ASSERT_FALSE(network.has_value());
  EXPECT_TRUE(network.error().cancelled);
}

TEST(Layer, NamesAreReadBack) {
  for (const char* name : {"head", "head.raw", "input", "stage1", "stage7", "block.0", "block.38"}) {
    const auto layer = parse_layer(name);
    ASSERT_TRUE(layer.has_value()) << name;
    EXPECT_EQ(layer_name(*layer), name);
  }
  for (const char* name : {"", "stage", "stage-1", "block.", "block.x", "blocks", "head.", "stage1x"})
    EXPECT_FALSE(parse_layer(name).has_value()) << name;
}

}  // namespace
}  // namespace effcam::efficientnet
