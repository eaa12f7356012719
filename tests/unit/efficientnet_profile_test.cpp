// A profile has every operator of the network, all of its arithmetic and about all of its time, and says what of it is
// XNNPACK's.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <unordered_map>

#include "base/stopwatch.h"
#include "efficientnet/network.h"
#include "nn/meter.h"
#include "nn/peak.h"
#include "support/synthetic.h"

namespace effcam::efficientnet {
namespace {

using architecture::BlockKind;
using architecture::Variant;

constexpr int kClasses = 1000;

std::vector<std::string> names_of(const Variant& variant) {
  std::vector<std::string> names{"stem convolution"};
  for (int i = 0; const architecture::Block& block : variant.blocks) {
    const std::string part = text("block.", i++, " ");
    switch (block.kind) {
      case BlockKind::convolution: names.push_back(part + "convolution"); break;
      case BlockKind::fused_mbconv: names.insert(names.end(), {part + "expand", part + "project"}); break;
      case BlockKind::mbconv:
        names.push_back(part + (block.expand == 1 ? "depthwise" : "expand+depthwise"));
        names.insert(names.end(), {part + "squeeze+excite", part + "project"});
        break;
    }
  }
  names.insert(names.end(), {"head convolution", "head swish+pool", "head classifier"});
  return names;
}

std::vector<std::string> names_of(const Profile& profile) {
  std::vector<std::string> names;
  for (const OperatorCost& each : profile.operators) names.push_back(each.cost.name);
  return names;
}

double sum(const std::vector<Cost>& costs, double Cost::* member) {
  double total = 0;
  for (const Cost& cost : costs) total += cost.*member;
  return total;
}

class ProfileTest : public testing::TestWithParam<const char*> {
 protected:
  const Variant& variant() const { return *architecture::find_variant(GetParam()); }
  Network make() {
    auto network = Network::create({.variant = &variant(), .classes = kClasses},
                                   test::SyntheticParameters(variant(), kClasses, 7));
    EXPECT_TRUE(network.has_value());
    return std::move(*network);
  }
  double expected_multiply_adds() const {
    return architecture::multiply_adds(variant(), variant().size, variant().size, kClasses);
  }
  std::vector<float> image() const { return test::synthetic_image(variant().size, variant().size, 3); }
  nn::ThreadPool pool_{2};
};

TEST_P(ProfileTest, HasEveryOperatorAndAllOfTheArithmetic) {
  Network network = make();
  ASSERT_TRUE(network.plan(1, variant().size, variant().size, {}, pool_).has_value());
  const auto profile = network.profile(image(), pool_, 1);
  EXPECT_EQ(names_of(profile), names_of(variant()));
  const double expected = expected_multiply_adds();
  EXPECT_NEAR(profile.total().multiply_adds, expected, 1e-9 * expected);
  EXPECT_NEAR(sum(profile.by_kind(), &Cost::multiply_adds), expected, 1e-9 * expected);
  EXPECT_NEAR(sum(profile.by_stage(), &Cost::multiply_adds), expected, 1e-9 * expected);
  ASSERT_EQ(profile.by_stage().size(), static_cast<std::size_t>(variant().stages()) + 2);
  EXPECT_EQ(profile.by_stage()[2].name, "stage 2");
}

TEST_P(ProfileTest, ItsTimesAddUpToThePass) {
  Network network = make();
  ASSERT_TRUE(network.plan(1, variant().size, variant().size, {}, pool_).has_value());
  const std::vector<float> input = image();
  // An interruption between two operators belongs to none: the best of a few passes.
  double best = 0;
  for (int pass = 0; pass < 10 && best < 0.95; ++pass) {
    const Stopwatch watch;
    const auto profile = network.profile(input, pool_, 1);
    const double whole = watch.milliseconds();
    for (const OperatorCost& each : profile.operators) EXPECT_GE(each.cost.milliseconds, 0) << each.cost.name;
    EXPECT_LE(profile.total().milliseconds, whole);
    EXPECT_NEAR(sum(profile.by_stage(), &Cost::milliseconds), profile.total().milliseconds, 1e-9 * whole);
    best = std::max(best, profile.total().milliseconds / whole);
  }
  EXPECT_GE(best, 0.95);
}

TEST_P(ProfileTest, DoesNotChangeTheAnswer) {
  Network network = make();
  ASSERT_TRUE(network.plan(1, variant().size, variant().size, {}, pool_).has_value());
  network.forward(image(), pool_);
  const std::vector<float> plain(network.logits().begin(), network.logits().end());
  (void)network.profile(image(), pool_, 1);
  EXPECT_EQ(plain, std::vector<float>(network.logits().begin(), network.logits().end()));
}

TEST_P(ProfileTest, SaysWhatOfItIsXnnpacks) {
  Network network = make();
  ASSERT_TRUE(network.plan(1, variant().size, variant().size, {}, pool_).has_value());
  const auto profile = network.profile(image(), pool_, 3);
  for (const OperatorCost& each : profile.operators) {
    const bool ours = each.kind == "depthwise" || each.kind == "swish+pool";
    EXPECT_EQ(each.cost.xnnpack_multiply_adds > 0, !ours) << each.cost.name;
    EXPECT_LE(each.cost.xnnpack_multiply_adds, each.cost.multiply_adds) << each.cost.name;
    EXPECT_EQ(each.cost.xnnpack_milliseconds > 0, !ours) << each.cost.name;
    EXPECT_LE(each.cost.xnnpack_milliseconds, each.cost.milliseconds) << each.cost.name;
  }
  const Work work = network.work();
  EXPECT_DOUBLE_EQ(profile.total().multiply_adds, work.multiply_adds);
  EXPECT_DOUBLE_EQ(profile.total().xnnpack_multiply_adds, work.xnnpack);
}

// What is planned as XNNPACK's is what its operators multiply in a pass. (On one thread, as bands of several make some rows
// of an expansion twice.)
TEST_P(ProfileTest, WhatIsCountedAsXnnpacksIsRunByIt) {
  Network network = make();
  nn::ThreadPool pool(1);
  ASSERT_TRUE(network.plan(2, 96, 96, {}, pool).has_value());
  std::vector<float> images = test::synthetic_image(96, 96, 3);
  const std::vector<float> other = test::synthetic_image(96, 96, 4);
  images.insert(images.end(), other.begin(), other.end());
  const nn::Meter meter(pool);
  network.forward(images, pool);
  EXPECT_NEAR(meter.xnnpack_multiply_adds(), network.work().xnnpack, 1e-9 * network.work().xnnpack);
}

INSTANTIATE_TEST_SUITE_P(Variants, ProfileTest, testing::Values("b0", "v2-b0"),
                         [](const auto& info) { return info.index ? "V2_B0" : "B0"; });

// The plan of a backward pass keeps the expansion's output: it is an operator of its own.
TEST(Profile, OfAPlanWithABackwardPassHasTheSameArithmetic) {
  const Variant& variant = *architecture::find_variant("b0");
  auto network = Network::create({.variant = &variant, .classes = kClasses, .gradients = true},
                                 test::SyntheticParameters(variant, kClasses, 7));
  ASSERT_TRUE(network.has_value());
  nn::ThreadPool pool(1);
  const Wanted wanted{.layers = {{Layer::Kind::stage, 5}}, .targets = 1};
  ASSERT_TRUE(network->plan(1, 64, 64, wanted, pool).has_value());
  const auto profile = network->profile(test::synthetic_image(64, 64, 3), pool, 1);
  const double expected = architecture::multiply_adds(variant, 64, 64, kClasses);
  EXPECT_NEAR(profile.total().multiply_adds, expected, 1e-9 * expected);
  std::set<std::string> kinds;
  for (const Cost& cost : profile.by_kind()) kinds.insert(cost.name);
  EXPECT_TRUE(kinds.contains("expand") && kinds.contains("expand+depthwise"));
}

// Zeros of the right sizes: for plans that nobody runs.
class Zeros final : public architecture::ParameterSource {
 public:
  Zeros(const Variant& variant, int classes) {
    for (architecture::LayerSpec& spec : architecture::layers(variant, classes)) layers_.emplace(spec.name, spec);
  }
  Result<std::vector<float>> convolution(std::string_view layer) const override { return weights(layer); }
  Result<architecture::Norm> norm(std::string_view layer) const override {
    const std::vector<float> zeros(spec(layer).out);
    return architecture::Norm{zeros, zeros, zeros, zeros};
  }
  Result<architecture::Affine> affine(std::string_view layer) const override {
    return architecture::Affine{weights(layer), std::vector<float>(spec(layer).out)};
  }

 private:
  const architecture::LayerSpec& spec(std::string_view layer) const { return layers_.at(std::string(layer)); }
  std::vector<float> weights(std::string_view layer) const {
    const architecture::LayerSpec& found = spec(layer);
    return std::vector<float>(static_cast<std::size_t>(found.out) * found.in * found.kernel * found.kernel);
  }
  std::unordered_map<std::string, architecture::LayerSpec> layers_;
};

// At the variant's own size.
Work work_of(const Variant& variant, Precision precision) {
  auto network = Network::create({.variant = &variant, .classes = kClasses, .precision = precision}, Zeros(variant, kClasses));
  nn::ThreadPool pool(2);
  EXPECT_TRUE(network.has_value() && network->plan(1, variant.size, variant.size, {}, pool).has_value());
  return network->work();
}

TEST(Profile, XnnpackCarriesNineTenthsOfEveryVariant) {
  for (const Variant& variant : architecture::variants()) {
    const Work work = work_of(variant, Precision::f32);
    const double expected = architecture::multiply_adds(variant, variant.size, variant.size, kClasses);
    EXPECT_NEAR(work.multiply_adds, expected, 1e-9 * expected) << variant.name;
    EXPECT_GE(work.xnnpack, 0.9 * work.multiply_adds) << variant.name;
    EXPECT_LT(work.xnnpack, work.multiply_adds) << variant.name;  // depthwise convolutions are ours
  }
}

TEST(Profile, ProductsInBytesAreNotXnnpacks) {
  const Variant& variant = *architecture::find_variant("b0");
  const Work exact = work_of(variant, Precision::f32), bytes = work_of(variant, Precision::int8);
  EXPECT_DOUBLE_EQ(bytes.multiply_adds, exact.multiply_adds);
  EXPECT_GT(bytes.xnnpack, 0);
  EXPECT_LT(bytes.xnnpack, 0.5 * bytes.multiply_adds);
}

Profile pass_of(double first, double second) {
  Profile pass;
  pass.operators.resize(2);
  pass.operators[0].cost.multiply_adds = 1;
  pass.operators[0].cost.milliseconds = first;
  pass.operators[1].cost.multiply_adds = 2;
  pass.operators[1].cost.milliseconds = second;
  pass.operators[1].cost.xnnpack_multiply_adds = 1.5;
  pass.operators[1].cost.xnnpack_milliseconds = second / 2;
  return pass;
}

TEST(Profile, LeavesOutTheSlowerHalfOfItsPasses) {
  const Profile mean = mean_of_faster_half({pass_of(3, 1), pass_of(50, 1), pass_of(1, 2), pass_of(1, 90)});
  EXPECT_DOUBLE_EQ(mean.operators[0].cost.milliseconds, 2);
  EXPECT_DOUBLE_EQ(mean.operators[1].cost.milliseconds, 1.5);
  EXPECT_DOUBLE_EQ(mean.total().milliseconds, 3.5);
  EXPECT_DOUBLE_EQ(mean.total().multiply_adds, 3);
  EXPECT_DOUBLE_EQ(mean.total().xnnpack_milliseconds, 0.75);
  EXPECT_DOUBLE_EQ(mean.total().xnnpack_time_share(), 0.75 / 3.5);
  EXPECT_DOUBLE_EQ(mean.total().xnnpack_work_share(), 0.5);
  ASSERT_EQ(mean.by_kind().size(), 1u);
  EXPECT_DOUBLE_EQ(mean.by_kind()[0].gflops(), 2e-6 * 3 / 3.5);
}

// What it is depends on the machine, which may be busy: only that it was measured is certain.
TEST(Peak, IsMeasured) {
  nn::ThreadPool pool(2);
  const double peak = nn::peak_gflops(pool);
  EXPECT_TRUE(std::isfinite(peak));
  EXPECT_GT(peak, 0);
}

}  // namespace
}  // namespace effcam::efficientnet
