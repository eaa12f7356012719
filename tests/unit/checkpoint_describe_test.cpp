// Dialects, variants, families, metadata; and the weights by canonical name.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/layout.h"
#include "support/files.h"
#include "support/safetensors_writer.h"

namespace effcam::checkpoint {
namespace {

using architecture::find_variant;
using architecture::Variant;
using test::SafetensorsWriter;

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

using Change = std::function<bool(Expected&)>;  // false leaves the tensor out

// A file of zeros with every tensor of a variant, with the counters that PyTorch saves beside them.
SafetensorsWriter synthetic(Dialect dialect, const Variant& variant, int classes, const Change& change = {}) {
  SafetensorsWriter writer;
  for (Expected expected : expected_tensors(dialect, variant, classes)) {
    if (expected.name.ends_with(".running_var")) {
      const std::string base = expected.name.substr(0, expected.name.size() - 11);
      writer.add(base + "num_batches_tracked", {}, "I64", 8);
    }
    if (!change || change(expected)) writer.add(expected.name, expected.shape);
  }
  return writer;
}

Result<Description> describe_bytes(const std::vector<std::uint8_t>& bytes, const Options& options = {}) {
  auto file = File::parse(bytes);
  EXPECT_TRUE(file) << file.error().message;
  return describe(*file, options);
}

std::string message_of(const SafetensorsWriter& writer, const Options& options = {}) {
  const auto found = describe_bytes(writer.write(), options);
  return found ? std::string("no error") : found.error().message;
}

std::set<std::string> names_of(Dialect dialect, std::string_view variant) {
  std::set<std::string> names;
  for (const Expected& expected : expected_tensors(dialect, *find_variant(variant), 1000)) names.insert(expected.name);
  return names;
}

// Spelt out here, independently of the table.
TEST(CheckpointDialects, NamesAsThePublishersWriteThem) {
  struct Case {
    Dialect dialect;
    std::vector<const char*> names;
  };
  const Case cases[] = {
      {Dialect::lukemelas,
       {"_conv_stem.weight", "_bn0.running_mean", "_blocks.0._depthwise_conv.weight", "_blocks.0._bn1.weight",
        "_blocks.0._project_conv.weight", "_blocks.0._bn2.bias", "_blocks.15._expand_conv.weight",
        "_blocks.15._bn0.running_var", "_blocks.15._se_reduce.bias", "_blocks.15._se_expand.weight",
        "_conv_head.weight", "_bn1.bias", "_fc.weight", "_fc.bias"}},
      {Dialect::torchvision,
       {"features.0.0.weight", "features.0.1.running_mean", "features.1.0.block.0.0.weight",
        "features.1.0.block.1.fc1.bias", "features.1.0.block.2.0.weight", "features.1.0.block.2.1.weight",
        "features.6.3.block.0.0.weight", "features.6.3.block.1.1.bias", "features.6.3.block.2.fc2.weight",
        "features.7.0.block.3.1.running_var", "features.8.0.weight", "features.8.1.bias", "classifier.1.weight"}},
      {Dialect::timm,
       {"conv_stem.weight", "bn1.weight", "blocks.0.0.conv_dw.weight", "blocks.0.0.bn1.bias", "blocks.0.0.conv_pw.weight",
        "blocks.0.0.bn2.bias", "blocks.0.0.se.conv_reduce.weight", "blocks.5.3.conv_pw.weight", "blocks.5.3.bn2.weight",
        "blocks.5.3.conv_pwl.weight", "blocks.6.0.bn3.running_var", "conv_head.weight", "bn2.weight",
        "classifier.bias"}},
      {Dialect::hugging_face,
       {"efficientnet.embeddings.convolution.weight", "efficientnet.embeddings.batchnorm.bias",
        "efficientnet.encoder.blocks.0.depthwise_conv.depthwise_conv.weight",
        "efficientnet.encoder.blocks.0.depthwise_conv.depthwise_norm.weight",
        "efficientnet.encoder.blocks.15.expansion.expand_conv.weight",
        "efficientnet.encoder.blocks.15.expansion.expand_bn.running_mean",
        "efficientnet.encoder.blocks.15.squeeze_excite.reduce.bias",
        "efficientnet.encoder.blocks.15.projection.project_bn.weight", "efficientnet.encoder.top_conv.weight",
        "efficientnet.encoder.top_bn.bias", "classifier.weight"}},
  };
  for (const Case& each : cases) {
    const auto names = names_of(each.dialect, "b0");
    EXPECT_EQ(names.size(), 311u);  // as a state dictionary of B0 has without the counters
    for (const char* name : each.names) EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_TRUE(names_of(Dialect::torchvision, "v2-b0").empty());
}

TEST(CheckpointDescribe, EveryVariantInEveryDialect) {
  for (const Dialect dialect : {Dialect::lukemelas, Dialect::torchvision, Dialect::timm, Dialect::hugging_face}) {
    for (const Variant& variant : architecture::variants()) {
      // The larger ones differ in nothing that the table has not shown by then, and would take gigabytes.
      if (variant.id == "b6" || variant.id == "b7" || expected_tensors(dialect, variant, 3).empty()) continue;
      SCOPED_TRACE(text(name(dialect), " ", variant.id));
      const auto found = describe_bytes(synthetic(dialect, variant, 3).write());
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_EQ(found->variant, &variant);
      EXPECT_EQ(found->dialect, dialect);
      EXPECT_EQ(found->classes, 3);
    }
  }
}

TEST(CheckpointDescribe, TheLargestToo) {
  const auto found = describe_bytes(synthetic(Dialect::timm, *find_variant("b7"), 3).write());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->variant->id, "b7");
}

TEST(CheckpointDescribe, MissingTensor) {
  // A B1 without one of the blocks that B0 has not is a damaged B1, not a B0.
  const auto drop = [](std::string_view name) {
    return [name](Expected& expected) { return expected.name != name; };
  };
  const Variant& b1 = *find_variant("b1");
  EXPECT_EQ(message_of(synthetic(Dialect::timm, b1, 10, drop("blocks.0.1.bn1.bias"))),
            "tensor 'blocks.0.1.bn1.bias' is missing; EfficientNet-B1 needs it with the shape [16]");
  EXPECT_SAYS(message_of(synthetic(Dialect::lukemelas, b1, 10, drop("_fc.weight"))), "'_fc.weight' is missing");
  EXPECT_SAYS(message_of(synthetic(Dialect::lukemelas, b1, 10, drop("_conv_stem.weight"))),
              "not an EfficientNet: expected the stem's weights as one of '_conv_stem.weight' (lukemelas), ");
  EXPECT_SAYS(message_of(SafetensorsWriter()), "the file has no tensors");
}

TEST(CheckpointDescribe, WrongShapeOrNumbers) {
  const Variant& b0 = *find_variant("b0");
  const auto reshape = [](std::string_view name, std::vector<std::int64_t> shape) {
    return [=](Expected& expected) {
      if (expected.name == name) expected.shape = shape;
      return true;
    };
  };
  EXPECT_EQ(message_of(synthetic(Dialect::torchvision, b0, 10, reshape("features.0.0.weight", {32, 3, 3}))),
            "tensor 'features.0.0.weight' has the shape [32, 3, 3]; EfficientNet-B0 needs [32, 3, 3, 3]");
  EXPECT_SAYS(message_of(synthetic(Dialect::torchvision, b0, 10, reshape("classifier.1.bias", {11}))),
              "has the shape [11]; EfficientNet-B0 needs [10]");
  EXPECT_SAYS(message_of(synthetic(Dialect::torchvision, b0, 10, reshape("classifier.1.weight", {12800}))),
              "a classifier needs [classes, channels]");

  SafetensorsWriter writer = synthetic(Dialect::timm, b0, 10, [](Expected& e) { return e.name != "bn1.bias"; });
  writer.add("bn1.bias", {32}, "I64", 8);
  EXPECT_EQ(message_of(writer), "tensor 'bn1.bias' is I64; weights are F32, F16 or BF16");
}

TEST(CheckpointDescribe, ExtraTensors) {
  SafetensorsWriter writer = synthetic(Dialect::timm, *find_variant("b0"), 10);
  writer.add("ema.decay", {1});
  EXPECT_EQ(message_of(writer), "no error");
  writer.add("blocks.0.1.conv_dw.weight", {16, 1, 3, 3});
  EXPECT_SAYS(message_of(writer), "'blocks.0.1.conv_dw.weight' belongs to no block of EfficientNet-B0");
}

TEST(CheckpointDescribe, VariantByOptionAndMetadata) {
  SafetensorsWriter writer = synthetic(Dialect::timm, *find_variant("b0"), 10);
  EXPECT_SAYS(message_of(writer, {.variant = "b1"}), "is missing; EfficientNet-B1 needs it");
  EXPECT_SAYS(message_of(writer, {.variant = "b9"}), "no variant is called 'b9'; there are b0, b1, ");
  writer.metadata("variant", "something of mine");
  EXPECT_EQ(message_of(writer), "no error");
  writer = synthetic(Dialect::timm, *find_variant("b0"), 10);
  writer.metadata("variant", "EfficientNet_B1");
  EXPECT_SAYS(message_of(writer), "EfficientNet-B1 needs it");
}

Description describe_family(Dialect dialect, std::string_view variant, const std::string& family) {
  auto found = describe_bytes(synthetic(dialect, *find_variant(variant), 2).write(), {.family = family});
  EXPECT_TRUE(found) << found.error().message;
  return found ? *found : Description{};
}

TEST(CheckpointFamilies, DefaultsOfTheDialects) {
  using architecture::Padding;
  const auto check = [](Dialect dialect, std::string_view variant, std::string_view id, float epsilon, Padding padding,
                        int size, int resize) {
    const Description found = describe_family(dialect, variant, "");
    EXPECT_EQ(found.family.id, id);
    EXPECT_EQ(found.family.epsilon, epsilon) << id;
    EXPECT_EQ(found.family.padding, padding) << id;
    EXPECT_EQ(found.preprocessing.size, size) << id;
    EXPECT_EQ(found.preprocessing.resize, resize) << id;
  };
  check(Dialect::lukemelas, "b3", "lukemelas", 1e-3f, Padding::same, 300, 300);
  check(Dialect::timm, "b3", "timm-tf", 1e-3f, Padding::same, 300, 331);
  check(Dialect::timm, "v2-b1", "timm-tf", 1e-3f, Padding::same, 240, 272);
  check(Dialect::torchvision, "b3", "torchvision", 1e-5f, Padding::symmetric, 300, 320);
  check(Dialect::torchvision, "b5", "torchvision", 1e-3f, Padding::symmetric, 456, 456);
  check(Dialect::hugging_face, "b3", "hugging-face", 1e-3f, Padding::same_fixed, 300, 300);
}

// timm floors size / crop_pct; its published crop_pct, B0 to B7 and V2-B0 to B3.
TEST(CheckpointFamilies, CropsOfTimm) {
  const double crop[] = {.875, .882, .890, .904, .922, .934, .942, .949, .875, .882, .890, .904};
  for (std::size_t v = 0; v < std::size(crop); ++v) {
    const Variant& variant = architecture::variants()[v];
    if (variant.id == "b6" || variant.id == "b7") continue;  // large
    const image::Preprocessing found = describe_family(Dialect::timm, variant.id, "timm-tf").preprocessing;
    EXPECT_EQ(found.size, variant.size);
    EXPECT_EQ(found.resize, static_cast<int>(std::floor(variant.size / crop[v]))) << variant.id;
  }
}

TEST(CheckpointFamilies, EveryOneByItsId) {
  EXPECT_GE(families().size(), 7u);
  for (const FamilyHelp& family : families()) {
    EXPECT_EQ(describe_family(Dialect::timm, "b0", std::string(family.id)).family.id, family.id);
    EXPECT_FALSE(family.help.empty());
  }
  EXPECT_EQ(describe_family(Dialect::timm, "b0", "TF").family.id, "timm-tf");
  EXPECT_EQ(describe_family(Dialect::lukemelas, "b0", "advprop").preprocessing.mean[1], 0.5f);
  EXPECT_EQ(describe_family(Dialect::timm, "b0", "timm").family.epsilon, 1e-5f);
  EXPECT_SAYS(message_of(synthetic(Dialect::timm, *find_variant("b0"), 2), {.family = "tmm"}),
              "no family is called 'tmm'; there are lukemelas, ");
}

SafetensorsWriter with_metadata(std::initializer_list<std::pair<const char*, const char*>> entries) {
  SafetensorsWriter writer = synthetic(Dialect::torchvision, *find_variant("b0"), 2);
  for (const auto& [key, value] : entries) writer.metadata(key, value);
  return writer;
}

TEST(CheckpointMetadata, Preprocessing) {
  const auto found = describe_bytes(with_metadata({{"family", "tf"},
                                                   {"input_size", "160"},
                                                   {"crop_pct", "0.9"},
                                                   {"interpolation", "bilinear"},
                                                   {"mean", "0.1, 0.2, 0.3"},
                                                   {"std", "[0.4,0.5,0.6]"},
                                                   {"labels", "[\"cat\", \"dog\"]"},
                                                   {"name", "mine"}})
                                        .write());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->family.id, "timm-tf");
  EXPECT_EQ(found->preprocessing, (image::Preprocessing{160, 177, image::Fit::resize_then_crop, image::Filter::bilinear,
                                                        {0.1f, 0.2f, 0.3f}, {0.4f, 0.5f, 0.6f}}));
  EXPECT_EQ(found->labels, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(found->title, "mine");
}

TEST(CheckpointMetadata, InputSizeKeepsTheFamilysCrop) {
  const auto found = describe_bytes(with_metadata({{"input_size", "[3, 112, 112]"}}).write());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->preprocessing.size, 112);
  EXPECT_EQ(found->preprocessing.resize, 128);
}

TEST(CheckpointMetadata, AnOptionComesFirst) {
  const auto found = describe_bytes(with_metadata({{"family", "tf"}}).write(), {.family = "torchvision"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->family.id, "torchvision");
}

TEST(CheckpointMetadata, WhatCannotBeReadIsNamed) {
  EXPECT_SAYS(message_of(with_metadata({{"family", "x"}})), "the file's metadata: no family is called 'x'");
  EXPECT_SAYS(message_of(with_metadata({{"input_size", "31"}})), "input_size = '31'; expected a side from 32");
  EXPECT_SAYS(message_of(with_metadata({{"input_size", "[3,224,225]"}})), "input_size");
  EXPECT_SAYS(message_of(with_metadata({{"crop_pct", "0"}})), "crop_pct = '0'");
  EXPECT_SAYS(message_of(with_metadata({{"crop_pct", "nan"}})), "crop_pct = 'nan'");
  EXPECT_SAYS(message_of(with_metadata({{"interpolation", "lanczos"}})), "expected nearest, bilinear or bicubic");
  EXPECT_SAYS(message_of(with_metadata({{"mean", "0.5,0.5"}})), "mean = '0.5,0.5'");
  EXPECT_SAYS(message_of(with_metadata({{"std", "0,0.5,0.5"}})), "std");
  EXPECT_SAYS(message_of(with_metadata({{"labels", "[\"a\"]"}})), "1 labels, but the classifier has 2 classes");
  EXPECT_SAYS(message_of(with_metadata({{"labels", "[1,2]"}})), "the metadata's labels: a number where there must be");
  EXPECT_SAYS(message_of(with_metadata({{"labels", "[[\"a\"]]"}})), "an array where there must be a label");
  EXPECT_EQ(message_of(with_metadata({{"labels", "imagenet1k"}})), "no error");
}

std::vector<std::uint8_t> floats(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// B0 with four marked tensors.
std::vector<std::uint8_t> marked(float variance) {
  const auto own = [](const std::string& name) {
    return name == "_conv_stem.weight" || name == "_bn0.running_var" || name == "_bn0.running_mean" || name == "_fc.bias";
  };
  SafetensorsWriter writer =
      synthetic(Dialect::lukemelas, *find_variant("b0"), 2, [&](Expected& e) { return !own(e.name); });
  std::vector<float> stem(32 * 27), mean(32), variances(32, 1.0f);
  stem[28] = 0.25f;
  mean[3] = 3;
  variances[31] = variance;
  writer.add_bytes("_conv_stem.weight", {32, 3, 3, 3}, "F32", floats(stem));
  writer.add_bytes("_bn0.running_mean", {32}, "F32", floats(mean));
  writer.add_bytes("_bn0.running_var", {32}, "F32", floats(variances));
  writer.add_bytes("_fc.bias", {2}, "F32", floats({-1, 7}));
  return writer.write();
}

TEST(CheckpointWeights, ByCanonicalName) {
  const auto bytes = marked(5);
  const auto file = File::parse(bytes);
  const auto description = describe(*file);
  ASSERT_TRUE(description) << description.error().message;
  const auto weights = Weights::open(*file, *description);
  ASSERT_TRUE(weights) << weights.error().message;
  const auto stem = weights->convolution("stem.conv");
  ASSERT_TRUE(stem);
  EXPECT_EQ(stem->size(), 32u * 27);
  EXPECT_EQ((*stem)[28], 0.25f);
  const auto norm = weights->norm("stem.bn");
  ASSERT_TRUE(norm);
  EXPECT_EQ(norm->mean[3], 3);
  EXPECT_EQ(norm->variance[31], 5);
  EXPECT_EQ(norm->weight.size(), 32u);
  const auto classifier = weights->affine("classifier");
  ASSERT_TRUE(classifier);
  EXPECT_EQ(classifier->weight.size(), 2u * 1280);
  EXPECT_EQ(classifier->bias, (std::vector<float>{-1, 7}));
  for (const auto& layer : architecture::layers(*description->variant, 2)) {
    if (layer.kind != architecture::LayerKind::affine) continue;
    const auto affine = weights->affine(layer.name);
    ASSERT_TRUE(affine);
    EXPECT_EQ(affine->weight.size(), static_cast<std::size_t>(layer.out * layer.in)) << layer.name;
  }
}

TEST(CheckpointWeights, NegativeVarianceIsNamed) {
  const auto bytes = marked(-1);
  const auto file = File::parse(bytes);
  const auto description = describe(*file);
  ASSERT_TRUE(description);
  const auto norm = Weights::open(*file, *description)->norm("stem.bn");
  ASSERT_FALSE(norm);
  EXPECT_EQ(norm.error().message, "tensor '_bn0.running_var': the variance at index 31 is negative");
}

TEST(CheckpointShared, RealFiles) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  struct Case {
    const char *file, *variant;
    Dialect dialect;
    const char* family;
    int classes, size, resize;
  };
  const Case cases[] = {
      {"efficientnetv2_b0.imagenet1k.safetensors", "v2-b0", Dialect::timm, "timm-tf", 1000, 224, 256},
      {"efficientnet_b0.partly_retrained.safetensors", "b0", Dialect::lukemelas, "timm-tf", 1000, 224, 256},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.file);
    const auto bytes = test::read_file(test::shared_folder() / "models" / each.file);
    const auto file = File::parse(bytes);
    ASSERT_TRUE(file) << file.error().message;
    const auto found = describe(*file);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->variant->id, each.variant);
    EXPECT_EQ(found->dialect, each.dialect);
    EXPECT_EQ(found->family.id, each.family);
    EXPECT_EQ(found->classes, each.classes);
    EXPECT_EQ(found->preprocessing.size, each.size);
    EXPECT_EQ(found->preprocessing.resize, each.resize);
    const auto weights = Weights::open(*file, *found);
    ASSERT_TRUE(weights);
    for (const auto& layer : architecture::layers(*found->variant, found->classes)) {
      switch (layer.kind) {
        case architecture::LayerKind::batch_norm: EXPECT_TRUE(weights->norm(layer.name)) << layer.name; break;
        case architecture::LayerKind::affine: EXPECT_TRUE(weights->affine(layer.name)) << layer.name; break;
        default: EXPECT_TRUE(weights->convolution(layer.name)) << layer.name;
      }
    }
  }
}

TEST(CheckpointShared, TheDefaultModelSpeaksForItself) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  const auto bytes =
      test::read_file(test::shared_folder() / "models" / "effcam-default" / "efficientnet_b0.imagenette.safetensors");
  const auto file = File::parse(bytes);
  ASSERT_TRUE(file) << file.error().message;
  const auto found = describe(*file);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->dialect, Dialect::torchvision);
  EXPECT_EQ(found->family.padding, architecture::Padding::symmetric);
  EXPECT_EQ(found->labels.size(), static_cast<std::size_t>(found->classes));
  EXPECT_EQ(found->labels[0], "tench");
}

}  // namespace
}  // namespace effcam::checkpoint
