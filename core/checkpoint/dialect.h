// The dialects as a table of names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "architecture/architecture.h"
#include "checkpoint/checkpoint.h"

namespace effcam::checkpoint {

// All of them, in the order in which a file is tried.
[[nodiscard]] std::span<const Dialect> dialects();

// What the dialect calls a layer, without ".weight" and the like: "_blocks.3._expand_conv". Nothing where the dialect
// has no such layer (only timm names EfficientNetV2's).
[[nodiscard]] std::optional<std::string> tensor_name(Dialect dialect, const architecture::Variant& variant,
                                                     const architecture::LayerSpec& layer);

// The stem's convolution, by which a dialect is recognised.
[[nodiscard]] std::string stem_weight(Dialect dialect);

// What every tensor of a block starts with: "_blocks.".
[[nodiscard]] std::string_view block_prefix(Dialect dialect);

}  // namespace effcam::checkpoint
