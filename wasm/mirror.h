// The board as JSON for the page's hidden table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compare/board.h"
#include "ui/ui.h"

namespace effcam::wasm {

// What the table already shows: what has not changed since is left out.
struct Told {
  std::vector<compare::Id> pictures, models;      // the rows and the columns
  std::vector<std::uint64_t> rows, cells;         // signatures, in the order of the table
};

// Where the named controls are: {name: [x, y]}, in CSS pixels.
[[nodiscard]] std::string controls(const ui::UiState& state);
// {pictures, models, cells, …}, cells row by row. A picture or a cell is null where it is what `told` remembers; after a
// change of rows or columns none is.
[[nodiscard]] std::string mirror(const compare::Board& board, ui::UiState& state, Told& told);

}  // namespace effcam::wasm
