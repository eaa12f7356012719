// The board as JSON for the page's hidden table.
#pragma once

#include <string>

#include "compare/board.h"
#include "ui/ui.h"

namespace effcam::wasm {

[[nodiscard]] std::string mirror(const compare::Board& board, ui::UiState& state);

}  // namespace effcam::wasm
