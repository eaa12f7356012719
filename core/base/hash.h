// Hashes of several values, for keys of caches.
#pragma once

#include <cstdint>

namespace effcam {

// The hash with one more value in it; the order counts.
[[nodiscard]] inline std::uint64_t mix_hash(std::uint64_t hash, std::uint64_t value) {
  return hash ^ (value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2));
}

}  // namespace effcam
