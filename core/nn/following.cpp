#include "nn/following.h"

#include "nn/own/kernels.h"

namespace effcam::nn {

void follow(const Following& following, const Outcome& outcome, float* out) {
  if (!following.swish && !following.residual) return;
  const bool whole = outcome.length == outcome.stride;  // the positions' values lie beside each other
  const std::size_t lines = whole ? 1 : outcome.lines, length = whole ? outcome.lines * outcome.length : outcome.length;
  for (std::size_t line = 0; line < lines; ++line) {
    const std::size_t at = outcome.at + line * outcome.stride;
    if (following.swish) kernels().swish(out + at, out + at, length);
    if (following.residual) kernels().add(out + at, following.residual + at, out + at, length);
  }
}

}  // namespace effcam::nn
