#include "checkpoint/dialect.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace effcam::checkpoint {

namespace {

using architecture::Block;
using architecture::BlockKind;

constexpr Dialect kDialects[] = {Dialect::lukemelas, Dialect::torchvision, Dialect::timm, Dialect::hugging_face};
constexpr std::string_view kNames[] = {"lukemelas", "torchvision", "timm", "hugging-face"};
constexpr std::string_view kBlockPrefixes[] = {"_blocks.", "features.", "blocks.", "efficientnet.encoder.blocks."};

// Where a layer stands; the same role can have another name in another kind of block.
enum class Form { outside, mbconv, mbconv_unexpanded, fused, convolution };

// In a pattern, {n} is the block's index in the network, {s} its stage from 0, {S} its stage from 1, {i} its index in
// the stage and {H} the number of stages plus 1. An empty pattern: the dialect has no such layer.
struct Row {
  Form form;
  std::string_view role;  // the canonical name without "block.N."
  std::string_view patterns[std::size(kDialects)];
};

#define LUKEMELAS "_blocks.{n}."
#define TORCHVISION "features.{S}.{i}.block."
#define TIMM "blocks.{s}.{i}."
#define HUGGING_FACE "efficientnet.encoder.blocks.{n}."

constexpr Row kRows[] = {
    {Form::outside, "stem.conv", {"_conv_stem", "features.0.0", "conv_stem", "efficientnet.embeddings.convolution"}},
    {Form::outside, "stem.bn", {"_bn0", "features.0.1", "bn1", "efficientnet.embeddings.batchnorm"}},
    {Form::outside, "head.conv", {"_conv_head", "features.{H}.0", "conv_head", "efficientnet.encoder.top_conv"}},
    {Form::outside, "head.bn", {"_bn1", "features.{H}.1", "bn2", "efficientnet.encoder.top_bn"}},
    {Form::outside, "classifier", {"_fc", "classifier.1", "classifier", "classifier"}},

    {Form::mbconv, "expand.conv",
     {LUKEMELAS "_expand_conv", TORCHVISION "0.0", TIMM "conv_pw", HUGGING_FACE "expansion.expand_conv"}},
    {Form::mbconv, "expand.bn",
     {LUKEMELAS "_bn0", TORCHVISION "0.1", TIMM "bn1", HUGGING_FACE "expansion.expand_bn"}},
    {Form::mbconv, "depthwise.conv",
     {LUKEMELAS "_depthwise_conv", TORCHVISION "1.0", TIMM "conv_dw", HUGGING_FACE "depthwise_conv.depthwise_conv"}},
    {Form::mbconv, "depthwise.bn",
     {LUKEMELAS "_bn1", TORCHVISION "1.1", TIMM "bn2", HUGGING_FACE "depthwise_conv.depthwise_norm"}},
    {Form::mbconv, "reduce",
     {LUKEMELAS "_se_reduce", TORCHVISION "2.fc1", TIMM "se.conv_reduce", HUGGING_FACE "squeeze_excite.reduce"}},
    {Form::mbconv, "excite",
     {LUKEMELAS "_se_expand", TORCHVISION "2.fc2", TIMM "se.conv_expand", HUGGING_FACE "squeeze_excite.expand"}},
    {Form::mbconv, "project.conv",
     {LUKEMELAS "_project_conv", TORCHVISION "3.0", TIMM "conv_pwl", HUGGING_FACE "projection.project_conv"}},
    {Form::mbconv, "project.bn",
     {LUKEMELAS "_bn2", TORCHVISION "3.1", TIMM "bn3", HUGGING_FACE "projection.project_bn"}},

    // Without an expansion, torchvision and timm count from the depthwise convolution; timm's conv_pw projects here.
    {Form::mbconv_unexpanded, "depthwise.conv",
     {LUKEMELAS "_depthwise_conv", TORCHVISION "0.0", TIMM "conv_dw", HUGGING_FACE "depthwise_conv.depthwise_conv"}},
    {Form::mbconv_unexpanded, "depthwise.bn",
     {LUKEMELAS "_bn1", TORCHVISION "0.1", TIMM "bn1", HUGGING_FACE "depthwise_conv.depthwise_norm"}},
    {Form::mbconv_unexpanded, "reduce",
     {LUKEMELAS "_se_reduce", TORCHVISION "1.fc1", TIMM "se.conv_reduce", HUGGING_FACE "squeeze_excite.reduce"}},
    {Form::mbconv_unexpanded, "excite",
     {LUKEMELAS "_se_expand", TORCHVISION "1.fc2", TIMM "se.conv_expand", HUGGING_FACE "squeeze_excite.expand"}},
    {Form::mbconv_unexpanded, "project.conv",
     {LUKEMELAS "_project_conv", TORCHVISION "2.0", TIMM "conv_pw", HUGGING_FACE "projection.project_conv"}},
    {Form::mbconv_unexpanded, "project.bn",
     {LUKEMELAS "_bn2", TORCHVISION "2.1", TIMM "bn2", HUGGING_FACE "projection.project_bn"}},

    {Form::fused, "expand.conv", {"", "", TIMM "conv_exp", ""}},
    {Form::fused, "expand.bn", {"", "", TIMM "bn1", ""}},
    {Form::fused, "project.conv", {"", "", TIMM "conv_pwl", ""}},
    {Form::fused, "project.bn", {"", "", TIMM "bn2", ""}},

    {Form::convolution, "conv", {"", "", TIMM "conv", ""}},
    {Form::convolution, "bn", {"", "", TIMM "bn1", ""}},
};

#undef LUKEMELAS
#undef TORCHVISION
#undef TIMM
#undef HUGGING_FACE

constexpr std::size_t column(Dialect dialect) { return static_cast<std::size_t>(dialect); }

Form form_of(const Block& block) {
  switch (block.kind) {
    case BlockKind::fused_mbconv: return Form::fused;
    case BlockKind::convolution: return Form::convolution;
    case BlockKind::mbconv: break;
  }
  return block.expand == 1 ? Form::mbconv_unexpanded : Form::mbconv;
}

// "block.12.expand.conv" → "expand.conv".
std::string_view role_of(const architecture::LayerSpec& layer) {
  const std::string_view name = layer.name;
  return layer.block < 0 ? name : name.substr(name.find('.', name.find('.') + 1) + 1);
}

std::string fill(std::string_view pattern, const architecture::Variant& variant, int index) {
  const Block block = index < 0 ? Block{} : variant.blocks[static_cast<std::size_t>(index)];
  std::string name;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      name += pattern[at];
      continue;
    }
    switch (pattern[at + 1]) {
      case 'n': name += text(index); break;
      case 's': name += text(block.stage - 1); break;
      case 'S': name += text(block.stage); break;
      case 'i': name += text(block.index_in_stage); break;
      case 'H': name += text(variant.stages() + 1); break;
      default: EFFCAM_CHECK(false);
    }
    at += 2;
  }
  return name;
}

}  // namespace

std::string_view name(Dialect dialect) { return kNames[column(dialect)]; }

std::span<const Dialect> dialects() { return kDialects; }

std::optional<std::string> tensor_name(Dialect dialect, const architecture::Variant& variant,
                                       const architecture::LayerSpec& layer) {
  const Form form =
      layer.block < 0 ? Form::outside : form_of(variant.blocks[static_cast<std::size_t>(layer.block)]);
  const std::string_view role = role_of(layer);
  const auto* row =
      std::ranges::find_if(kRows, [&](const Row& each) { return each.form == form && each.role == role; });
  EFFCAM_CHECK(row != std::end(kRows));
  const std::string_view pattern = row->patterns[column(dialect)];
  if (pattern.empty()) return std::nullopt;
  return fill(pattern, variant, layer.block);
}

std::string stem_weight(Dialect dialect) { return text(kRows[0].patterns[column(dialect)], ".weight"); }

std::string_view block_prefix(Dialect dialect) { return kBlockPrefixes[column(dialect)]; }

}  // namespace effcam::checkpoint
