// The board as JSON for the page's hidden table.
#pragma once

#include <string>

#include "compare/board.h"
#include "ui/ui.h"

namespace effcam::wasm {

// Where the named controls are: {name: [x, y]}, in CSS pixels.
[[nodiscard]] std::string controls(const ui::UiState& state);
[[nodiscard]] std::string mirror(const compare::Board& board, ui::UiState& state);

}  // namespace effcam::wasm
