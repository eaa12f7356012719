// The zeros around a convolution's input, by the checkpoint family's rule.
#pragma once

#include "architecture/architecture.h"
#include "nn/shape.h"

namespace effcam::efficientnet {

// Where a convolution's pads come from.
struct PadsRule {
  architecture::Padding padding = architecture::Padding::same;
  int native = 0;  // side of its input at the variant's native size

  [[nodiscard]] nn::Pads of(const nn::Shape& input, int kernel, int stride) const;
};

}  // namespace effcam::efficientnet
