// The names here are written down independently of core/checkpoint, so that the two can disagree.
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "support/synthetic.h"

namespace effcam::test {

using architecture::Block;
using architecture::BlockKind;
using architecture::LayerKind;
using architecture::LayerSpec;
using checkpoint::Dialect;
using checkpoint::DType;

namespace {

// What a layer of a block is: "expand.conv" of "block.3.expand.conv".
std::string_view part_of(std::string_view canonical) { return canonical.substr(canonical.find('.', 6) + 1); }

std::string lukemelas(std::string_view canonical, const Block* block, int index) {
  if (block == nullptr) {
    if (canonical == "stem.conv") return "_conv_stem";
    if (canonical == "stem.bn") return "_bn0";
    if (canonical == "head.conv") return "_conv_head";
    return canonical == "head.bn" ? "_bn1" : "_fc";
  }
  static const std::map<std::string_view, std::string_view> kParts{
      {"expand.conv", "_expand_conv"},   {"expand.bn", "_bn0"},    {"depthwise.conv", "_depthwise_conv"},
      {"depthwise.bn", "_bn1"},          {"reduce", "_se_reduce"}, {"excite", "_se_expand"},
      {"project.conv", "_project_conv"}, {"project.bn", "_bn2"}};
  return text("_blocks.", index, ".", kParts.at(part_of(canonical)));
}

std::string torchvision(std::string_view canonical, const Block* block, int stages) {
  if (block == nullptr) {
    if (canonical == "stem.conv") return "features.0.0";
    if (canonical == "stem.bn") return "features.0.1";
    if (canonical == "head.conv") return text("features.", stages + 1, ".0");
    return canonical == "head.bn" ? text("features.", stages + 1, ".1") : "classifier.1";
  }
  const int shift = block->expand == 1 ? 1 : 0;
  const std::string prefix = text("features.", block->stage, ".", block->index_in_stage, ".block.");
  const std::string_view part = part_of(canonical);
  if (part == "expand.conv") return prefix + "0.0";
  if (part == "expand.bn") return prefix + "0.1";
  if (part == "depthwise.conv") return text(prefix, 1 - shift, ".0");
  if (part == "depthwise.bn") return text(prefix, 1 - shift, ".1");
  if (part == "reduce") return text(prefix, 2 - shift, ".fc1");
  if (part == "excite") return text(prefix, 2 - shift, ".fc2");
  return text(prefix, 3 - shift, part == "project.conv" ? ".0" : ".1");
}

std::string_view timm_part(std::string_view part, const Block& block) {
  if (block.kind == BlockKind::convolution) return part == "conv" ? "conv" : "bn1";
  if (block.kind == BlockKind::fused_mbconv) {
    if (part == "expand.conv") return "conv_exp";
    if (part == "expand.bn") return "bn1";
    return part == "project.conv" ? "conv_pwl" : "bn2";
  }
  const bool short_block = block.expand == 1;
  if (part == "expand.conv") return "conv_pw";
  if (part == "expand.bn") return "bn1";
  if (part == "depthwise.conv") return "conv_dw";
  if (part == "depthwise.bn") return short_block ? "bn1" : "bn2";
  if (part == "reduce") return "se.conv_reduce";
  if (part == "excite") return "se.conv_expand";
  if (part == "project.conv") return short_block ? "conv_pw" : "conv_pwl";
  return short_block ? "bn2" : "bn3";
}

std::string timm(std::string_view canonical, const Block* block) {
  if (block == nullptr) {
    if (canonical == "stem.conv") return "conv_stem";
    if (canonical == "stem.bn") return "bn1";
    if (canonical == "head.conv") return "conv_head";
    return canonical == "head.bn" ? "bn2" : "classifier";
  }
  return text("blocks.", block->stage - 1, ".", block->index_in_stage, ".", timm_part(part_of(canonical), *block));
}

std::string hugging_face(std::string_view canonical, const Block* block, int index) {
  if (block == nullptr) {
    if (canonical == "stem.conv") return "efficientnet.embeddings.convolution";
    if (canonical == "stem.bn") return "efficientnet.embeddings.batchnorm";
    if (canonical == "head.conv") return "efficientnet.encoder.top_conv";
    return canonical == "head.bn" ? "efficientnet.encoder.top_bn" : "classifier";
  }
  static const std::map<std::string_view, std::string_view> kParts{{"expand.conv", "expansion.expand_conv"},
                                                                   {"expand.bn", "expansion.expand_bn"},
                                                                   {"depthwise.conv", "depthwise_conv.depthwise_conv"},
                                                                   {"depthwise.bn", "depthwise_conv.depthwise_norm"},
                                                                   {"reduce", "squeeze_excite.reduce"},
                                                                   {"excite", "squeeze_excite.expand"},
                                                                   {"project.conv", "projection.project_conv"},
                                                                   {"project.bn", "projection.project_bn"}};
  return text("efficientnet.encoder.blocks.", index, ".", kParts.at(part_of(canonical)));
}

std::string file_name(Dialect dialect, const LayerSpec& spec, const architecture::Variant& variant) {
  const Block* block = spec.block < 0 ? nullptr : &variant.blocks[static_cast<std::size_t>(spec.block)];
  switch (dialect) {
    case Dialect::lukemelas:
      return lukemelas(spec.name, block, spec.block);
    case Dialect::torchvision:
      return torchvision(spec.name, block, variant.stages());
    case Dialect::timm:
      return timm(spec.name, block);
    case Dialect::hugging_face:
      return hugging_face(spec.name, block, spec.block);
  }
  return {};
}

// Round to nearest, ties to even; finite values within half's range.
std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  const int exponent = static_cast<int>(magnitude >> 23) - 127;
  if (exponent < -25) return static_cast<std::uint16_t>(sign);
  const std::uint32_t mantissa = (magnitude & 0x7FFFFFu) | 0x800000u;
  const int drop = exponent < -14 ? -1 - exponent : 13;  // subnormal halves count in units of 2^−24
  const std::uint32_t kept = mantissa >> drop, rest = mantissa & ((1u << drop) - 1), tie = 1u << (drop - 1);
  const std::uint32_t rounded = kept + (rest > tie || (rest == tie && (kept & 1)) ? 1 : 0);
  // A carry out of the mantissa raises the exponent by itself.
  return static_cast<std::uint16_t>(
      sign | (exponent < -14 ? rounded : rounded + (static_cast<std::uint32_t>(exponent + 14) << 10)));
}

std::uint16_t to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1)) >> 16);
}

class Writer {
 public:
  explicit Writer(const CheckpointOptions& options) : options_(options) {
    for (const auto& [key, value] : options.metadata) header_["__metadata__"][key] = value;
  }

  void matrix(const std::string& name, std::vector<std::int64_t> shape, const std::vector<float>& values) {
    if (options_.matrices == DType::f32) return floats(name, std::move(shape), values);
    const bool half = options_.matrices == DType::f16;
    std::vector<std::uint16_t> narrow;
    narrow.reserve(values.size());
    for (float value : values) narrow.push_back(half ? to_half(value) : to_bfloat(value));
    add(name, half ? "F16" : "BF16", std::move(shape), narrow.data(), narrow.size() * 2);
  }
  void floats(const std::string& name, std::vector<std::int64_t> shape, const std::vector<float>& values) {
    add(name, "F32", std::move(shape), values.data(), values.size() * 4);
  }
  void counter(const std::string& name) {
    const std::int64_t count = 1000;
    add(name, "I64", {}, &count, sizeof count);
  }

  [[nodiscard]] std::vector<std::uint8_t> file() const {
    std::string header = header_.dump();
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = header.size();
    std::vector<std::uint8_t> bytes(8 + header.size() + data_.size());
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(length >> (8 * i));
    std::memcpy(bytes.data() + 8, header.data(), header.size());
    std::memcpy(bytes.data() + 8 + header.size(), data_.data(), data_.size());
    return bytes;
  }

 private:
  void add(const std::string& name, const char* dtype, std::vector<std::int64_t> shape, const void* data,
           std::size_t size) {
    if (name == options_.leave_out) return;
    const std::size_t start = data_.size();
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    data_.insert(data_.end(), bytes, bytes + size);
    header_[name] = {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {start, data_.size()}}};
  }

  const CheckpointOptions& options_;
  nlohmann::json header_ = nlohmann::json::object();
  std::vector<std::uint8_t> data_;
};

void write_norm(Writer& writer, const std::string& prefix, const architecture::Norm& norm, bool counter) {
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(norm.weight.size())};
  writer.floats(prefix + ".weight", shape, norm.weight);
  writer.floats(prefix + ".bias", shape, norm.bias);
  writer.floats(prefix + ".running_mean", shape, norm.mean);
  writer.floats(prefix + ".running_var", shape, norm.variance);
  if (counter) writer.counter(prefix + ".num_batches_tracked");
}

}  // namespace

std::vector<std::uint8_t> synthetic_checkpoint(const architecture::Variant& variant, int classes, std::uint32_t seed,
                                               Dialect dialect, const CheckpointOptions& options) {
  EFFCAM_CHECK(dialect == Dialect::timm || variant.blocks[0].kind == BlockKind::mbconv);
  const SyntheticParameters parameters(variant, classes, seed);
  Writer writer(options);
  for (const LayerSpec& spec : architecture::layers(variant, classes)) {
    const std::string prefix = file_name(dialect, spec, variant);
    if (spec.kind == LayerKind::batch_norm) {
      write_norm(writer, prefix, *parameters.norm(spec.name), dialect != Dialect::timm);
      continue;
    }
    // Squeeze-and-excitation is made of 1×1 convolutions in every dialect; the classifier is a matrix.
    std::vector<std::int64_t> shape{spec.out, spec.in};
    if (spec.name != "classifier") shape.insert(shape.end(), {spec.kernel, spec.kernel});
    if (spec.kind == LayerKind::affine) {
      const architecture::Affine affine = *parameters.affine(spec.name);
      writer.matrix(prefix + ".weight", shape, affine.weight);
      writer.floats(prefix + ".bias", {spec.out}, affine.bias);
    } else {
      writer.matrix(prefix + ".weight", shape, *parameters.convolution(spec.name));
    }
  }
  return writer.file();
}

}  // namespace effcam::test
