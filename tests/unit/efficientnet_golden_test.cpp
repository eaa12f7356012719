// Every variant against PyTorch in float64 (scripts/make_goldens.py): logits, heat maps, gradients of every layer,
// methods.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <tuple>

#include "cam/cam.h"
#include "efficientnet/network.h"
#include "support/golden.h"
#include "support/synthetic.h"

namespace effcam::test {
namespace {

using architecture::Padding;
using architecture::Variant;
using efficientnet::Config;
using efficientnet::Layer;
using efficientnet::Network;
using efficientnet::Wanted;

float largest_magnitude(std::span<const float> values) {
  float largest = 0;
  for (float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

void expect_near(std::span<const float> actual, std::span<const float> expected, float tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(actual[i], expected[i], tolerance) << "at " << i;
}

// The five best classes, best first.
std::vector<int> top5(std::span<const float> logits) {
  std::vector<int> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, [&](int a, int b) { return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)]; });
  order.resize(5);
  return order;
}

void expect_logits(std::span<const float> actual, std::span<const float> expected) {
  const auto [low, high] = std::ranges::minmax(expected);
  expect_near(actual, expected, 1e-4f * (high - low));
  EXPECT_EQ(top5(actual), top5(expected));
}

std::vector<float> one_hot(int classes, int target) {
  std::vector<float> seed(static_cast<std::size_t>(classes));
  seed[static_cast<std::size_t>(target)] = 1;
  return seed;
}

cam::Field field(efficientnet::LayerShape shape, std::span<const float> values) {
  return {shape.height, shape.width, shape.channels, values};
}

// A synthetic network, planned for the run's picture and run forward.
struct Forward {
  nn::ThreadPool pool{2};
  Result<Network> network;

  template <class Run>
  Forward(const Variant& variant, const Golden<Run>& golden, const GoldenRun& run, const Wanted& wanted)
      : network(Network::create(Config{&variant, golden.classes, run.padding, run.epsilon, wanted.targets > 0},
                                SyntheticParameters(variant, golden.classes, golden.seed))) {
    if (!network) return;
    const Status status = forward(run, wanted);
    if (!status) network = std::unexpected(status.error());
  }
  Status forward(const GoldenRun& run, const Wanted& wanted) {
    EFFCAM_RETURN_IF_ERROR(network->plan(1, run.height, run.width, wanted, pool));
    network->forward(synthetic_image(run.height, run.width, run.image_seed), pool);
    return {};
  }
};

std::vector<std::string> variant_ids() {
  std::vector<std::string> ids;
  for (const Variant& variant : architecture::variants()) ids.emplace_back(variant.id);
  return ids;
}

std::string identifier(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

// ---- Logits and maps at the head

constexpr const char* kRuns[] = {"same_native", "same_odd", "symmetric_native", "symmetric_odd", "same_fixed_odd"};

class NetworkGolden : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(NetworkGolden, LogitsAndHeadMaps) {
  const auto& [id, index] = GetParam();
  const Variant& variant = *architecture::find_variant(id);
  const Golden<NetworkRun> golden = read_network_golden(id);
  ASSERT_EQ(golden.runs.size(), std::size(kRuns));
  const NetworkRun& run = golden.runs[static_cast<std::size_t>(index)];
  Forward forward(variant, golden, run, Wanted{{{Layer::Kind::head}, {Layer::Kind::head_raw}}});
  ASSERT_TRUE(forward.network) << forward.network.error().message;
  const Network& network = *forward.network;

  expect_logits(network.logits(), run.logits);
  for (const GoldenMap& each : run.maps) {
    SCOPED_TRACE(text(each.layer, " for class ", each.target));
    const Layer layer = *efficientnet::parse_layer(each.layer);
    const std::span<const float> activation = network.activation(layer);
    std::vector<float> gradient(activation.size());
    network.head_gradient(layer, one_hot(golden.classes, each.target), gradient);
    const efficientnet::LayerShape shape = network.shape(layer);
    const cam::Field a = field(shape, activation), g = field(shape, gradient);
    const cam::HeatMap signed_map = cam::heat_map(cam::Method::grad_cam, a, g, cam::Sign::both);
    EXPECT_EQ(signed_map.height, each.map.height);
    EXPECT_EQ(signed_map.width, each.map.width);
    expect_near(signed_map.values, each.map.values, 1e-3f * largest_magnitude(each.map.values));
    // What is shown is the positive part, and its own maximum may be far smaller.
    std::vector<float> positive = each.map.values;
    for (float& value : positive) value = std::max(value, 0.0f);
    if (cam::is_flat(each.map)) continue;
    expect_near(cam::heat_map(cam::Method::grad_cam, a, g).values, positive, 1e-3f * cam::maximum(each.map));
  }
}

INSTANTIATE_TEST_SUITE_P(All, NetworkGolden, testing::Combine(testing::ValuesIn(variant_ids()), testing::Range(0, 5)),
                         [](const auto& info) {
                           return identifier(std::get<0>(info.param)) + "_" + kRuns[std::get<1>(info.param)];
                         });

// ---- Gradients of every layer, and every method on them

class GradientGolden : public testing::TestWithParam<std::tuple<std::string, int>> {};

void expect_methods(const GradientLayer& golden, const cam::Field& activation, const cam::Field& gradient) {
  for (const auto& [name, expected] : golden.maps) {
    SCOPED_TRACE(name);
    const cam::HeatMap map = cam::heat_map(*cam::parse_method(name), activation, gradient, cam::Sign::both);
    // Where PyTorch's own float32 pass differs by much, the formula is near a pole, and so may we.
    const double tolerance = std::max(1e-3, 10 * golden.conditioning.at(name));
    expect_near(map.values, expected, static_cast<float>(tolerance) * largest_magnitude(expected));
  }
}

TEST_P(GradientGolden, EveryLayer) {
  const auto& [id, index] = GetParam();
  const Variant& variant = *architecture::find_variant(id);
  const Golden<GradientRun> golden = read_gradient_golden(id);
  ASSERT_EQ(golden.runs.size(), 2u);
  const GradientRun& run = golden.runs[static_cast<std::size_t>(index)];
  Wanted wanted{{}, 1};
  for (const GradientLayer& each : run.layers) wanted.layers.push_back(*efficientnet::parse_layer(each.layer));
  Forward forward(variant, golden, run, wanted);
  ASSERT_TRUE(forward.network) << forward.network.error().message;
  Network& network = *forward.network;
  network.backward(run.seed_vector, forward.pool);

  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    const GradientLayer& each = run.layers[i];
    const Layer layer = wanted.layers[i];
    SCOPED_TRACE(each.layer);
    const efficientnet::LayerShape shape = network.shape(layer);
    ASSERT_EQ(shape.height, each.shape.height);
    ASSERT_EQ(shape.width, each.shape.width);
    ASSERT_EQ(shape.channels, each.shape.channels);
    const std::span<const float> activation = network.activation(layer);
    std::vector<float> gradient(activation.size());
    if (in_head(layer)) {
      network.head_gradient(layer, run.seed_vector, gradient);
    } else {
      std::ranges::copy(network.gradient(layer), gradient.begin());
    }
    expect_sample(activation, each.activation, 1e-4);
    expect_sample(gradient, each.gradient, 1e-3);
    expect_methods(each, field(shape, activation), field(shape, gradient));
  }
}

INSTANTIATE_TEST_SUITE_P(All, GradientGolden, testing::Combine(testing::ValuesIn(variant_ids()), testing::Range(0, 2)),
                         [](const auto& info) {
                           return identifier(std::get<0>(info.param)) +
                                  (std::get<1>(info.param) ? "_symmetric" : "_same");
                         });

}  // namespace
}  // namespace effcam::test
