// The board as JSON for the page's hidden table.
#pragma once

#include <string>

#include "compare/board.h"

namespace effcam::wasm {

[[nodiscard]] std::string mirror(const compare::Board& board);

}  // namespace effcam::wasm
