// Commands and events as bytes, for the way between the page and its worker: a length, a JSON object, and the large
// arrays behind it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compare/engine.h"

namespace effcam::compare {

[[nodiscard]] std::vector<std::uint8_t> encode(const Command& command);
[[nodiscard]] std::vector<std::uint8_t> encode(const Event& event);
// Errors: bytes that encode did not make.
[[nodiscard]] Result<Command> decode_command(std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<Event> decode_event(std::span<const std::uint8_t> bytes);

}  // namespace effcam::compare
