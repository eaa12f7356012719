// Networks in int8 beside the same in f32: how close their answers and maps are, and where they are the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "compare/fidelity.h"
#include "efficientnet/packer.h"
#include "support/files.h"
#include "support/synthetic.h"

namespace effcam {
namespace {

namespace fs = std::filesystem;
using efficientnet::Layer;
using efficientnet::Network;
using efficientnet::Precision;

class Int8Network : public testing::Test {
 protected:
  static constexpr int kSide = 64, kClasses = 10;

  Network make(Precision precision, bool gradients = false) {
    auto network = Network::create(
        {.variant = &variant_, .classes = kClasses, .gradients = gradients, .precision = precision}, parameters_);
    EXPECT_TRUE(network.has_value());
    return std::move(*network);
  }
  std::vector<float> logits(Network& network, int threads, const efficientnet::Wanted& wanted = {}) {
    nn::ThreadPool pool(threads);
    EXPECT_TRUE(network.plan(1, kSide, kSide, wanted, pool).has_value());
    network.forward(input_, pool);
    return {network.logits().begin(), network.logits().end()};
  }

  const architecture::Variant& variant_ = *architecture::find_variant("b0");
  test::SyntheticParameters parameters_{variant_, kClasses, 3};
  std::vector<float> input_ = test::synthetic_image(kSide, kSide, 5);
};

TEST_F(Int8Network, AnswersNearlyTheSameFromLessMemory) {
  Network exact = make(Precision::f32), int8 = make(Precision::int8);
  const std::vector<float> expected = logits(exact, 1), got = logits(int8, 1);
  const auto [low, high] = std::ranges::minmax(expected);
  for (int i = 0; i < kClasses; ++i) EXPECT_NEAR(got[i], expected[i], 0.05 * (high - low));
  EXPECT_NE(got, expected) << "int8 is not on";
  EXPECT_LT(int8.weight_bytes(), 0.45 * exact.weight_bytes());
}

TEST_F(Int8Network, ProjectionsOfFewInputsAndWindowsStayF32) {
  const efficientnet::Config config{.variant = &variant_, .classes = kClasses, .precision = Precision::int8};
  const efficientnet::Packer packer(config, parameters_);
  const auto quantizes = [&](const char* name, int in, int out, int kernel = 1) {
    const auto packed = packer.convolution(name, {in, out, kernel}, 112);
    EXPECT_TRUE(packed.has_value()) << name;
    return packed && packed->quantized() != nullptr;
  };
  EXPECT_FALSE(quantizes("stem", 3, 32, 3));
  EXPECT_FALSE(quantizes("block.0.project", 32, 16));
  EXPECT_TRUE(quantizes("block.1.expand", 16, 96));
  EXPECT_TRUE(quantizes("block.1.project", 96, 24));
}

TEST_F(Int8Network, TheBitsAreTheSameOnAnyNumberOfThreads) {
  Network int8 = make(Precision::int8);
  const std::vector<float> alone = logits(int8, 1);
  EXPECT_EQ(logits(int8, 2), alone);
  EXPECT_EQ(logits(int8, 3), alone);
}

// To the input, every block is crossed.
TEST_F(Int8Network, WhatABackwardPassCrossesIsF32) {
  Network exact = make(Precision::f32, true), int8 = make(Precision::int8, true);
  const efficientnet::Wanted crossing{.layers = {{Layer::Kind::input}}, .targets = 1};
  EXPECT_EQ(logits(int8, 1, crossing), logits(exact, 1, crossing));
  const efficientnet::Wanted head{.layers = {{Layer::Kind::head}}, .targets = 1};
  EXPECT_NE(logits(int8, 1, head), logits(exact, 1, head));
}

TEST_F(Int8Network, WithoutGradientsABackwardPassIsRefused) {
  Network int8 = make(Precision::int8);
  nn::ThreadPool pool(1);
  const Status planned = int8.plan(1, kSide, kSide, {.layers = {{Layer::Kind::stage, 1}}, .targets = 1}, pool);
  ASSERT_FALSE(planned.has_value());
  EXPECT_NE(planned.error().message.find("backward pass"), std::string::npos);
}

// ---- real weights -------------------------------------------------------------------------------------------------

std::vector<image::Image> pictures_in(const fs::path& folder) {
  std::vector<image::Image> pictures;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".jpg" && entry.path().extension() != ".png") continue;
    auto picture = image::decode(test::read_file(entry.path()));
    if (picture) pictures.push_back(std::move(*picture));
  }
  return pictures;
}

// What int8 promises over some images.
void expect_close(const fs::path& checkpoint, const fs::path& images) {
  const std::vector<std::uint8_t> bytes = test::read_file(checkpoint);
  const auto exact = model::load(bytes, {}), int8 = model::load(bytes, {.precision = Precision::int8});
  ASSERT_TRUE(exact.has_value() && int8.has_value());
  nn::ThreadPool pool(2);
  const auto got = compare::fidelity(pictures_in(images), **exact, **int8, pool);
  ASSERT_TRUE(got.has_value()) << got.error().message;
  EXPECT_GE(got->images, 10);
  EXPECT_GE(got->same_class, 0.97 * got->images);
  EXPECT_LE(got->difference, 0.02);
  EXPECT_GT(got->difference, 0) << "int8 is not on";
  EXPECT_GE(got->maps, 0.9 * got->images);
  EXPECT_GE(got->rank, 0.98);
}

TEST(Int8, TheDefaultModelAgreesWithF32OnTheSampleImages) {
  expect_close(test::checkout() / "models/effcam-default/efficientnet_b0.imagenette.safetensors",
               test::checkout() / "assets/scenes");
}

class SharedInt8 : public testing::TestWithParam<const char*> {};
TEST_P(SharedInt8, AgreesWithF32OnPhotographs) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  expect_close(test::shared_folder() / "models" / GetParam(), test::shared_folder() / "images");
}
INSTANTIATE_TEST_SUITE_P(Networks, SharedInt8,
                         testing::Values("efficientnet_b0.partly_retrained.safetensors",
                                         "efficientnetv2_b0.imagenet1k.safetensors",
                                         "effcam-default/efficientnet_b0.imagenette.safetensors"));

}  // namespace
}  // namespace effcam
