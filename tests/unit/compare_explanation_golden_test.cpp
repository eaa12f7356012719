// The methods that need more than an activation and its gradient against PyTorch (scripts/make_explanation_goldens.py).
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "compare/channel_passes.h"
#include "compare/objective.h"
#include "support/golden.h"
#include "support/synthetic.h"

namespace effcam::compare {
namespace {

using efficientnet::Layer;
using efficientnet::Network;
using test::ExplanationMap;
using test::ExplanationRun;

constexpr Layer kInput{Layer::Kind::input};
constexpr int kBatch = 8;  // not a divisor of every number of channels

class ExplanationGolden : public testing::TestWithParam<std::tuple<std::string, int>> {
 protected:
  void SetUp() override {
    const auto& [id, index] = GetParam();
    const architecture::Variant& variant = *architecture::find_variant(id);
    const test::Golden<ExplanationRun> golden = test::read_explanation_golden(id);
    ASSERT_EQ(golden.runs.size(), 2u);
    run_ = golden.runs[static_cast<std::size_t>(index)];
    const test::SyntheticParameters parameters(variant, golden.classes, golden.seed);
    Result<Network> network =
        Network::create({&variant, golden.classes, run_.padding, run_.epsilon, true}, parameters);
    ASSERT_TRUE(network) << network.error().message;
    network_.emplace(std::move(*network));
    input_ = test::synthetic_image(run_.height, run_.width, run_.image_seed);
  }

  void forward(const efficientnet::Wanted& wanted) {
    ASSERT_TRUE(network_->plan(1, run_.height, run_.width, wanted, pool_));
    network_->forward(input_, pool_);
  }
  [[nodiscard]] Objective objective(const Request& request) const {
    return *Objective::make(request, {run_.target}, network_->logits());
  }
  [[nodiscard]] cam::Field field(Layer layer, std::span<const float> values) const {
    const efficientnet::LayerShape shape = network_->shape(layer);
    return {shape.height, shape.width, shape.channels, values};
  }

  cam::HeatMap by_gradients(cam::Method method, Layer layer, cam::Sign sign) {
    forward({{layer, kInput}, 1, true});
    const std::vector<float> seed = objective({.method = method}).gradient(network_->logits());
    network_->backward(seed, pool_);
    cam::HeatMap map = cam::heat_map(method, field(layer, network_->activation(layer)),
                                     field(layer, network_->gradient(layer)), sign);
    if (method != cam::Method::guided_grad_cam) return map;
    network_->backward(seed, pool_, nn::SwishRule::guided);
    return cam::guided_map(map, field(kInput, network_->gradient(kInput)), sign);
  }

  cam::HeatMap by_passes(cam::Method method, Layer layer) {
    forward({{layer}});
    const Objective target = objective({.method = method});
    const std::span<const float> values = network_->activation(layer);
    ChannelPasses passes(*network_,
                         {.method = method,
                          .layer = layer,
                          .shape = network_->shape(layer),
                          .activation = {values.begin(), values.end()},
                          .input_shape = {run_.height, run_.width, 3},
                          .input = input_,
                          .value = target.value(network_->logits())},
                         kBatch);
    for (int step = 0, steps = passes.steps(); step < steps; ++step) EXPECT_TRUE(passes.step(step, target, pool_));
    return passes.map(cam::Sign::both);
  }

  ExplanationRun run_;
  std::optional<Network> network_;
  std::vector<float> input_;
  nn::ThreadPool pool_{2};
};

TEST_P(ExplanationGolden, Objectives) {
  forward({});
  const auto expect = [](const std::vector<float>& actual, const std::vector<float>& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 2e-5) << i;
  };
  expect(objective({.score = Score::probability}).gradient(network_->logits()), run_.probability);
  expect(objective({.method = cam::Method::finer_cam}).gradient(network_->logits()), run_.finer);
}

TEST_P(ExplanationGolden, Maps) {
  EXPECT_EQ(run_.maps.size(), 6u);
  for (const ExplanationMap& each : run_.maps) {
    SCOPED_TRACE(text(each.method, " at ", each.layer));
    const cam::Method method = *cam::parse_method(each.method);
    const Layer layer = *efficientnet::parse_layer(each.layer);
    // The goldens of the methods without a final relu have magnitudes; the others are signed.
    const bool magnitudes = method == cam::Method::saliency || method == cam::Method::guided_grad_cam;
    const cam::HeatMap map = cam::needs_gradient(method)
                                 ? by_gradients(method, layer, magnitudes ? cam::Sign::non_negative : cam::Sign::both)
                                 : by_passes(method, layer);
    ASSERT_EQ(map.height, each.height);
    ASSERT_EQ(map.width, each.width);
    test::expect_sample(map.values, each.values, 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExplanationGolden,
                         testing::Combine(testing::Values("b0", "b3", "b5", "v2-b0"), testing::Range(0, 2)),
                         [](const auto& info) {
                           std::string name = std::get<0>(info.param);
                           std::erase(name, '-');
                           return name + (std::get<1>(info.param) ? "_symmetric" : "_same");
                         });

}  // namespace
}  // namespace effcam::compare
