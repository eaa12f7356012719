// Asking for memory before it is taken.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace effcam {

// Whether `bytes` more can be allocated now, which nothing is but a moment long. A container that finds no memory ends the
// program, as there are no exceptions: whoever is about to fill large ones asks first. Errors: not enough memory.
[[nodiscard]] Status room_for(std::uint64_t bytes);
[[nodiscard]] inline Status room_for_floats(std::uint64_t count) { return room_for(count * sizeof(float)); }

}  // namespace effcam
