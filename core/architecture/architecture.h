// The EfficientNet variants as data. Everything that depends on the shape of a network reads these tables: the forward
// and backward programs, the checkpoint loader, the inspector. (Tan & Le 2019, 2021.)
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace effcam::architecture {

enum class BlockKind {
  mbconv,        // [1×1 expand, BN, swish] → depthwise k×k, BN, swish → squeeze-and-excitation → 1×1 project, BN
  fused_mbconv,  // k×k expand (with the stride), BN, swish → 1×1 project, BN
  convolution,   // k×k, BN, swish: the first stage of EfficientNetV2
};

// One block of a network: all of it is known before any weights are.
struct Block {
  BlockKind kind = BlockKind::mbconv;
  int stage = 0;           // 1-based
  int index_in_stage = 0;  // 0-based
  int kernel = 3, stride = 1, expand = 1;
  int in = 0, out = 0;
  int squeeze = 0;  // channels of the squeeze, 0 where there is no squeeze-and-excitation

  [[nodiscard]] int expanded() const { return in * expand; }
  // The input is added to the output: after the last batch norm, or after the swish of a convolution block.
  [[nodiscard]] bool residual() const { return stride == 1 && in == out; }
};

struct Variant {
  std::string_view id;    // "b0" … "b7", "v2-b0" … "v2-b3"
  std::string_view name;  // "EfficientNet-B0", "EfficientNetV2-B0"
  int size = 0;           // the side of the native input
  int stem = 0;           // channels of the stem (3×3, stride 2)
  int head = 0;           // channels of the head (1×1)
  std::vector<Block> blocks;

  [[nodiscard]] int stages() const { return blocks.empty() ? 0 : blocks.back().stage; }
  // The index of a stage's last block; `stage` is 1-based and exists.
  [[nodiscard]] int last_block_of(int stage) const;
};

// B0 to B7, then V2-B0 to V2-B3; made once.
[[nodiscard]] std::span<const Variant> variants();
// By id or name, letter case ignored; null when there is none.
[[nodiscard]] const Variant* find_variant(std::string_view id_or_name);

// Where the padding of a strided convolution goes.
enum class Padding {
  symmetric,   // (k−1)/2 on every side: PyTorch
  same,        // TensorFlow's SAME of the actual size: out = ceil(in/s), the odd pixel at the bottom and right
  same_fixed,  // as Keras and Hugging Face: stride-2 layers pad as SAME does at the variant's native size, whatever the
               // actual size is
};

// The canonical names of a network's tensors, dialect-free: "stem.conv", "stem.bn", "block.3.expand.conv",
// "block.3.expand.bn", "block.3.depthwise.conv", "block.3.depthwise.bn", "block.3.reduce", "block.3.excite",
// "block.3.project.conv", "block.3.project.bn", "head.conv", "head.bn", "classifier". A block that is one convolution
// (V2's first stage) has "block.0.conv" and "block.0.bn".
enum class LayerKind { convolution, depthwise, batch_norm, affine };
// affine: a weight and a bias (the SE convolutions, the classifier).

// Every layer with parameters, in the order of the forward pass.
struct LayerSpec {
  std::string name;  // canonical
  LayerKind kind = LayerKind::convolution;
  int out = 0, in = 0, kernel = 1;  // batch norms: out channels only; depthwise: in == 1
  int block = -1;                   // −1: stem, head, classifier
};
// `classes`: the classifier's outputs.
[[nodiscard]] std::vector<LayerSpec> layers(const Variant& variant, int classes);

// Multiply-adds of one forward pass on an input of height × width (convolutions, SE and classifier).
[[nodiscard]] double multiply_adds(const Variant& variant, int height, int width, int classes);
// Learned parameters (as in the papers: without the running statistics).
[[nodiscard]] long long parameters(const Variant& variant, int classes);

}  // namespace effcam::architecture
