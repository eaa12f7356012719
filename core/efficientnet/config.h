// What a network is made for.
#pragma once

#include <string_view>

#include "architecture/architecture.h"

namespace effcam::efficientnet {

// Of the 1×1 convolutions' products: everything else is f32 always.
enum class Precision {
  f32,
  int8,  // weights in bytes, activations quantised as they come, where a layer gains by it (Packer::convolution)
};
[[nodiscard]] std::string_view precision_name(Precision precision);  // "f32", "int8"
[[nodiscard]] constexpr Precision precision_of(bool int8) { return int8 ? Precision::int8 : Precision::f32; }

// What a pass is made of.
enum class Operators {
  fused,    // XNNPACK's products with what is between them, in the cache
  xnnpack,  // nothing fused: whole tensors one after the other, by XNNPACK's own operators, in f32 (plain.h)
};
[[nodiscard]] std::string_view operators_name(Operators operators);  // "fused", "xnnpack"
[[nodiscard]] constexpr Operators operators_of(bool plain) { return plain ? Operators::xnnpack : Operators::fused; }

struct Config {
  const architecture::Variant* variant = nullptr;
  int classes = 0;
  architecture::Padding padding = architecture::Padding::same;
  float epsilon = 1e-3f;   // of the batch norms
  bool gradients = false;  // also pack the transposed weights that a backward pass through blocks needs
  // Blocks that a backward pass crosses are f32, whatever this says.
  Precision precision = Precision::f32;
  Operators operators = Operators::fused;
};

}  // namespace effcam::efficientnet
