// A part of a network between two layers: the stem or a block. Its forward and its backward pass stand side by side.
#pragma once

#include <memory>

#include "efficientnet/packer.h"
#include "efficientnet/plan.h"

namespace effcam::efficientnet {

class Part {
 public:
  virtual ~Part() = default;

  // Plans the forward pass on `input`; returns the output. With `for_backward` what the backward pass reads is kept.
  [[nodiscard]] virtual Result<Value> plan_forward(Plan& plan, const Value& input, bool for_backward) = 0;
  virtual void forward(const Run& run) = 0;
  [[nodiscard]] virtual Work work() const = 0;  // of the planned forward pass

  // Plans the pass from the gradient at the output, `gradient` (one image a target), to that at the input.
  [[nodiscard]] virtual Result<Value> plan_backward(Plan& plan, const Value& gradient) = 0;
  virtual void backward(const Run& run) = 0;

  [[nodiscard]] virtual std::size_t weight_bytes() const = 0;
};

// The stem: 3×3 with stride 2, batch norm, swish.
[[nodiscard]] Result<std::unique_ptr<Part>> pack_stem(const Packer& packer);
// Block `index` of the variant; `native`: side of its input at the variant's native size.
[[nodiscard]] Result<std::unique_ptr<Part>> pack_block(const Packer& packer, int index, int native);

}  // namespace effcam::efficientnet
