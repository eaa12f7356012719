// What the wrappers of this folder share: statuses as errors, an operator as a value that frees itself.
#pragma once

#include <xnnpack.h>

#include <limits>
#include <memory>

#include "base/result.h"
#include "nn/xnnpack/weights.h"

namespace effcam::nn::xnnpack {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

[[nodiscard]] inline Status check(xnn_status status, const char* what) {
  if (status == xnn_status_success) return {};
  if (status == xnn_status_out_of_memory) return fail("not enough memory for XNNPACK to ", what);
  return fail("XNNPACK cannot ", what, " (status ", static_cast<int>(status), ")");
}

// Once for the process; the error is a sentence that says that this processor has not what XNNPACK needs.
[[nodiscard]] Status initialise();

// Where operators find weights that lie packed: the answer to a key is the key's own pointer to the weights (weights.cpp).
// Stateless, so that operators may point to it for ever.
[[nodiscard]] xnn_weights_cache_provider& packed_already();

// The weights of the outputs from `first` on, which is a multiple of the tile.
[[nodiscard]] inline const float* weights_from(const PackedWeights& weights, const float* packed, int first) {
  EFFCAM_CHECK(first % weights.tile() == 0);
  return packed + first / weights.tile() * weights.tile_values();
}

}  // namespace effcam::nn::xnnpack
