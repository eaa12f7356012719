// Where a map is taken.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "architecture/architecture.h"
#include "base/result.h"

namespace effcam::efficientnet {

struct Layer {
  enum class Kind {
    input,     // the normalised picture itself
    block,     // the output of block `index` (0-based)
    stage,     // the output of the last block of stage `index` (1-based)
    head_raw,  // the head convolution's output before its batch norm and swish
    head,      // the features after the head's swish: the input of the average pool
  };
  Kind kind = Kind::head;
  int index = 0;
  auto operator<=>(const Layer&) const = default;
};

// On either side of the head's batch norm, where gradients have closed forms.
[[nodiscard]] inline bool in_head(Layer layer) {
  return layer.kind == Layer::Kind::head || layer.kind == Layer::Kind::head_raw;
}

// "head", "head.raw", "stage5", "block.7", "input".
[[nodiscard]] std::string layer_name(Layer layer);
[[nodiscard]] Result<Layer> parse_layer(std::string_view name);
// The layer exists in the variant; errors say how many there are.
[[nodiscard]] Status check_layer(Layer layer, const architecture::Variant& variant);

}  // namespace effcam::efficientnet
