#include "architecture/architecture.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/result.h"
#include "base/text.h"

namespace effcam::architecture {

namespace {

// A stage of a base network (B0, V2-B0) before compound scaling.
struct BaseStage {
  BlockKind kind;
  int repeat, kernel, stride, expand, out;
};

constexpr BaseStage kBase1[] = {
    {BlockKind::mbconv, 1, 3, 1, 1, 16}, {BlockKind::mbconv, 2, 3, 2, 6, 24},  {BlockKind::mbconv, 2, 5, 2, 6, 40},
    {BlockKind::mbconv, 3, 3, 2, 6, 80}, {BlockKind::mbconv, 3, 5, 1, 6, 112}, {BlockKind::mbconv, 4, 5, 2, 6, 192},
    {BlockKind::mbconv, 1, 3, 1, 6, 320}};

constexpr BaseStage kBase2[] = {{BlockKind::convolution, 1, 3, 1, 1, 16},  {BlockKind::fused_mbconv, 2, 3, 2, 4, 32},
                                {BlockKind::fused_mbconv, 2, 3, 2, 4, 48}, {BlockKind::mbconv, 3, 3, 2, 4, 96},
                                {BlockKind::mbconv, 5, 3, 1, 6, 112},      {BlockKind::mbconv, 8, 3, 2, 6, 192}};

constexpr int kBaseStem = 32;
constexpr int kBaseHead = 1280;

// How a generation of the architecture is scaled.
struct Generation {
  std::span<const BaseStage> stages;
  // A width rounded down to less than this share of the exact one goes up by one step instead (V2 never does).
  double round_limit;
};

constexpr Generation kGeneration1{kBase1, 0.9};
constexpr Generation kGeneration2{kBase2, 0.0};

struct Scaling {
  std::string_view id, name;
  const Generation* generation;
  double width, depth;
  int size;
};

constexpr Scaling kScalings[] = {
    {"b0", "EfficientNet-B0", &kGeneration1, 1.0, 1.0, 224},
    {"b1", "EfficientNet-B1", &kGeneration1, 1.0, 1.1, 240},
    {"b2", "EfficientNet-B2", &kGeneration1, 1.1, 1.2, 260},
    {"b3", "EfficientNet-B3", &kGeneration1, 1.2, 1.4, 300},
    {"b4", "EfficientNet-B4", &kGeneration1, 1.4, 1.8, 380},
    {"b5", "EfficientNet-B5", &kGeneration1, 1.6, 2.2, 456},
    {"b6", "EfficientNet-B6", &kGeneration1, 1.8, 2.6, 528},
    {"b7", "EfficientNet-B7", &kGeneration1, 2.0, 3.1, 600},
    {"v2-b0", "EfficientNetV2-B0", &kGeneration2, 1.0, 1.0, 224},
    {"v2-b1", "EfficientNetV2-B1", &kGeneration2, 1.0, 1.1, 240},
    {"v2-b2", "EfficientNetV2-B2", &kGeneration2, 1.1, 1.2, 260},
    {"v2-b3", "EfficientNetV2-B3", &kGeneration2, 1.2, 1.4, 300},
};

int scale_channels(int channels, const Scaling& scaling) {
  const double exact = channels * scaling.width;
  const int rounded = std::max(8, static_cast<int>(exact + 4) / 8 * 8);
  return rounded < scaling.generation->round_limit * exact ? rounded + 8 : rounded;
}

int scale_repeats(int repeats, const Scaling& scaling) {
  return static_cast<int>(std::ceil(repeats * scaling.depth));
}

Variant make_variant(const Scaling& scaling) {
  Variant variant{scaling.id,
                  scaling.name,
                  scaling.size,
                  scale_channels(kBaseStem, scaling),
                  scale_channels(kBaseHead, scaling),
                  {}};
  int in = variant.stem;
  int stage = 0;
  for (const BaseStage& base : scaling.generation->stages) {
    ++stage;
    const int repeats = scale_repeats(base.repeat, scaling);
    const int out = scale_channels(base.out, scaling);
    for (int i = 0; i < repeats; ++i) {
      const int squeeze = base.kind == BlockKind::mbconv ? std::max(1, in / 4) : 0;
      const int stride = i == 0 ? base.stride : 1;
      variant.blocks.push_back({base.kind, stage, i, base.kernel, stride, base.expand, in, out, squeeze});
      in = out;
    }
  }
  return variant;
}

// Letter case and the choice of hyphen or underscore ("v2_b0", "efficientnet_b3") do not matter.
bool same_name(std::string_view a, std::string_view b) {
  const auto plain = [](char c) { return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, plain, plain);
}

class LayerList {
 public:
  void convolution(std::string_view name, int out, int in, int kernel) {
    add(text(name, ".conv"), LayerKind::convolution, out, in, kernel);
    norm(name, out);
  }
  void depthwise(std::string_view name, int channels, int kernel) {
    add(text(name, ".conv"), LayerKind::depthwise, channels, 1, kernel);
    norm(name, channels);
  }
  void affine(std::string_view name, int out, int in) { add(std::string(name), LayerKind::affine, out, in, 1); }

  void block(const Block& block, int index) {
    index_ = index;
    const std::string prefix = text("block.", index);
    const int wide = block.expanded();
    switch (block.kind) {
      case BlockKind::convolution: convolution(prefix, block.out, block.in, block.kernel); break;
      case BlockKind::fused_mbconv:
        convolution(prefix + ".expand", wide, block.in, block.kernel);
        convolution(prefix + ".project", block.out, wide, 1);
        break;
      case BlockKind::mbconv:
        if (block.expand != 1) convolution(prefix + ".expand", wide, block.in, 1);
        depthwise(prefix + ".depthwise", wide, block.kernel);
        affine(prefix + ".reduce", block.squeeze, wide);
        affine(prefix + ".excite", wide, block.squeeze);
        convolution(prefix + ".project", block.out, wide, 1);
        break;
    }
    index_ = -1;
  }

  [[nodiscard]] std::vector<LayerSpec> take() { return std::move(list_); }

 private:
  void add(std::string name, LayerKind kind, int out, int in, int kernel) {
    list_.push_back({std::move(name), kind, out, in, kernel, index_});
  }
  void norm(std::string_view name, int channels) { add(text(name, ".bn"), LayerKind::batch_norm, channels, 0, 1); }

  std::vector<LayerSpec> list_;
  int index_ = -1;
};

double weights(const LayerSpec& layer) { return 1.0 * layer.out * layer.in * layer.kernel * layer.kernel; }

}  // namespace

int Variant::last_block_of(int stage) const {
  const auto last = std::ranges::find_if(blocks.rbegin(), blocks.rend(),
                                         [stage](const Block& block) { return block.stage == stage; });
  EFFCAM_CHECK(last != blocks.rend());
  return static_cast<int>(blocks.rend() - last) - 1;
}

std::span<const Variant> variants() {
  static const std::vector<Variant> all = [] {
    std::vector<Variant> made;
    for (const Scaling& scaling : kScalings) made.push_back(make_variant(scaling));
    return made;
  }();
  return all;
}

const Variant* find_variant(std::string_view id_or_name) {
  for (const Variant& variant : variants()) {
    if (same_name(id_or_name, variant.id) || same_name(id_or_name, variant.name)) return &variant;
  }
  return nullptr;
}

std::vector<LayerSpec> layers(const Variant& variant, int classes) {
  LayerList list;
  list.convolution("stem", variant.stem, 3, 3);
  for (int i = 0; const Block& block : variant.blocks) list.block(block, i++);
  list.convolution("head", variant.head, variant.blocks.back().out, 1);
  list.affine("classifier", classes, variant.head);
  return list.take();
}

double multiply_adds(const Variant& variant, int height, int width, int classes) {
  // Every rule of padding makes ceil(size/stride) of a side.
  double before = 0, after = ((height + 1) / 2) * 1.0 * ((width + 1) / 2);  // pixels a block reads and writes
  int h = (height + 1) / 2, w = (width + 1) / 2;
  int current = -1;
  double total = 0;
  for (const LayerSpec& layer : layers(variant, classes)) {
    if (layer.kind == LayerKind::batch_norm) continue;
    if (layer.block >= 0 && layer.block != current) {
      current = layer.block;
      const int stride = variant.blocks[static_cast<std::size_t>(current)].stride;
      before = 1.0 * h * w;
      h = (h + stride - 1) / stride;
      w = (w + stride - 1) / stride;
      after = 1.0 * h * w;
    }
    // Only the 1×1 expansion of an MBConv runs before its stride; an affine layer sees one pixel.
    const bool expansion = layer.block >= 0 && layer.kernel == 1 && layer.name.ends_with(".expand.conv");
    total += weights(layer) * (layer.kind == LayerKind::affine ? 1.0 : expansion ? before : after);
  }
  return total;
}

long long parameters(const Variant& variant, int classes) {
  long long total = 0;
  for (const LayerSpec& layer : layers(variant, classes)) {
    switch (layer.kind) {
      case LayerKind::batch_norm: total += 2LL * layer.out; break;
      case LayerKind::affine: total += layer.out; [[fallthrough]];
      case LayerKind::convolution:
      case LayerKind::depthwise: total += static_cast<long long>(weights(layer)); break;
    }
  }
  return total;
}

}  // namespace effcam::architecture
