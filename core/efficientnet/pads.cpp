#include "efficientnet/pads.h"

#include <algorithm>

namespace effcam::efficientnet {

using architecture::Padding;

namespace {

struct Pair {
  int before, after;
};

Pair pads_of(const PadsRule& rule, int size, int kernel, int stride) {
  if (rule.padding == Padding::symmetric || (rule.padding == Padding::same_fixed && stride == 1))
    return {(kernel - 1) / 2, (kernel - 1) / 2};
  const int side = rule.padding == Padding::same ? size : rule.native;
  const int total = std::max(((side + stride - 1) / stride - 1) * stride + kernel - side, 0);
  return {total / 2, total - total / 2};
}

}  // namespace

nn::Pads PadsRule::of(const nn::Shape& input, int kernel, int stride) const {
  const Pair rows = pads_of(*this, input.height, kernel, stride), columns = pads_of(*this, input.width, kernel, stride);
  return {rows.before, rows.after, columns.before, columns.after};
}

}  // namespace effcam::efficientnet
