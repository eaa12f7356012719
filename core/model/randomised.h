// The same architecture with weights that have learned nothing: for the sanity check of maps by randomised weights
// (Adebayo et al. 2018).
#pragma once

#include <cstdint>
#include <memory>

#include "model/model.h"

namespace effcam::model {

// Convolutions of variance about 2/fan-in, batch norms that change nothing; the same on every platform. Errors: memory.
[[nodiscard]] Result<std::unique_ptr<Model>> randomised(const Model& model, std::uint32_t seed);

}  // namespace effcam::model
