// What the interface and the engine share on the way to JavaScript.
#pragma once

#include <emscripten.h>

#include <cstddef>
#include <cstdint>
#include <span>

#define EFFCAM_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

namespace effcam::wasm {

[[nodiscard]] inline std::span<const std::uint8_t> bytes_at(const std::uint8_t* from, std::size_t size) {
  return {from, size};
}

}  // namespace effcam::wasm
