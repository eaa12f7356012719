// Checkpoints of every variant in every dialect and precision, through the loader: the weights come out as they went
// in.
#include <gtest/gtest.h>

#include <cmath>
#include <span>

#include "base/text.h"
#include "checkpoint/checkpoint.h"
#include "support/synthetic.h"

namespace effcam::test {
namespace {

using architecture::LayerKind;
using checkpoint::Dialect;
using checkpoint::DType;

constexpr int kClasses = 10;
constexpr std::uint32_t kSeed = 5;

// `relative`: the precision of the file's matrices; halves below 2^−14 are steps of 2^−24.
void expect_weights(std::span<const float> actual, std::span<const float> expected, float relative) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const float tolerance = relative == 0 ? 0 : relative * std::abs(expected[i]) + 0x1p-25f;
    ASSERT_NEAR(actual[i], expected[i], tolerance) << "at " << i;
  }
}

void expect_layer(const architecture::LayerSpec& spec, const architecture::ParameterSource& actual,
                  const architecture::ParameterSource& expected, float relative) {
  SCOPED_TRACE(spec.name);
  if (spec.kind == LayerKind::batch_norm) {
    const auto a = actual.norm(spec.name), e = expected.norm(spec.name);
    ASSERT_TRUE(a) << a.error().message;
    EXPECT_EQ(a->weight, e->weight);
    EXPECT_EQ(a->bias, e->bias);
    EXPECT_EQ(a->mean, e->mean);
    EXPECT_EQ(a->variance, e->variance);
  } else if (spec.kind == LayerKind::affine) {
    const auto a = actual.affine(spec.name), e = expected.affine(spec.name);
    ASSERT_TRUE(a) << a.error().message;
    expect_weights(a->weight, e->weight, relative);
    EXPECT_EQ(a->bias, e->bias);
  } else {
    const auto a = actual.convolution(spec.name), e = expected.convolution(spec.name);
    ASSERT_TRUE(a) << a.error().message;
    expect_weights(*a, *e, relative);
  }
}

void round_trip(const architecture::Variant& variant, Dialect dialect, DType matrices, float relative) {
  SCOPED_TRACE(text(variant.id, " as ", checkpoint::name(dialect)));
  const std::vector<std::uint8_t> bytes =
      synthetic_checkpoint(variant, kClasses, kSeed, dialect, {.matrices = matrices, .metadata = {}, .leave_out = {}});
  const auto file = checkpoint::File::parse(bytes);
  ASSERT_TRUE(file) << file.error().message;
  const auto description = checkpoint::describe(*file);
  ASSERT_TRUE(description) << description.error().message;
  EXPECT_EQ(description->variant, &variant);
  EXPECT_EQ(description->dialect, dialect);
  EXPECT_EQ(description->classes, kClasses);
  const auto weights = checkpoint::Weights::open(*file, *description);
  ASSERT_TRUE(weights) << weights.error().message;
  const SyntheticParameters expected(variant, kClasses, kSeed);
  for (const auto& spec : architecture::layers(variant, kClasses)) expect_layer(spec, *weights, expected, relative);
}

constexpr Dialect kDialects[] = {Dialect::lukemelas, Dialect::torchvision, Dialect::timm, Dialect::hugging_face};

TEST(SyntheticCheckpoint, LoadsInEveryDialect) {
  for (const architecture::Variant& variant : architecture::variants()) {
    for (Dialect dialect : kDialects) {
      if (dialect != Dialect::timm && variant.id.starts_with("v2")) continue;
      round_trip(variant, dialect, DType::f32, 0);
    }
  }
}

TEST(SyntheticCheckpoint, LoadsInEveryPrecision) {
  const architecture::Variant& b0 = *architecture::find_variant("b0");
  round_trip(b0, Dialect::torchvision, DType::f16, 0x1p-11f);
  round_trip(b0, Dialect::timm, DType::bf16, 0x1p-8f);
}

TEST(SyntheticCheckpoint, NamesTheTensorThatIsMissing) {
  const std::string name = "features.3.1.block.2.fc1.bias";
  const std::vector<std::uint8_t> bytes =
      synthetic_checkpoint(*architecture::find_variant("b0"), kClasses, kSeed, Dialect::torchvision,
                           {.matrices = DType::f16, .metadata = {}, .leave_out = name});
  const auto file = checkpoint::File::parse(bytes);
  ASSERT_TRUE(file) << file.error().message;
  const auto description = checkpoint::describe(*file);
  ASSERT_FALSE(description);
  EXPECT_NE(description.error().message.find(name), std::string::npos) << description.error().message;
}

}  // namespace
}  // namespace effcam::test
