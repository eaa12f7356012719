// The panels of the interface, and what they share. Private to ui/.
#pragma once

#include <imgui.h>

#include <functional>
#include <span>
#include <string>

#include "ui/theme.h"
#include "ui/ui.h"
#include "ui/widgets.h"

namespace effcam::ui {

// What every panel gets.
struct Context {
  UiState& state;
  compare::Board& board;
  Wishes& wishes;
  float limit = 0;  // of a common scale; 0: each cell its own
};

// Names the last item: UiState::controls.
void name_control(Context& context, const char* name);

void draw_toolbar(Context& context);
// A button that opens the list of models to add.
void draw_add_model(Context& context, const char* button);
void draw_grid(Context& context);
void draw_detail(Context& context);  // of the enlarged cell, if there is one
void draw_agreement(Context& context);  // of the compared row, if there is one
void draw_status(Context& context);
[[nodiscard]] float status_height(const UiState& state);

// One cell of the grid in the rectangle of `size` at the cursor.
void draw_cell(Context& context, CellRef where, ImVec2 size);
// The height of a cell whose picture is `side` high.
[[nodiscard]] float cell_height(float side);

// --- whether a row's models agree (agreement.cpp) ---
// Takes the place of a row's head, which opens the row's agreement where there is one; true: the pointer is on it.
[[nodiscard]] bool draw_row_head(Context& context, const compare::Picture& picture, ImVec2 size);
// "3 of 4 say tabby", or nothing.
void draw_agreement_line(Context& context, const compare::Picture& picture, ImVec2 at, float width, bool hovered);

// --- requests (choices.cpp) ---
// Each shows the current choice and returns true when `request` was changed.
[[nodiscard]] bool choose_layers(compare::Request& request, int stages, int blocks);
// A cell that says what a method costs: methods that run the network many times name it before they are chosen.
struct Pace {
  const architecture::Variant* variant = nullptr;  // null: not known
  double forward_ms = 0;
};
[[nodiscard]] Pace pace_of(const compare::Board& board, const compare::BoardModel& model);
// `pace_now` is asked while the list is open only.
[[nodiscard]] bool choose_method(Context& context, compare::Request& request, const std::function<Pace()>& pace_now);
// What of the target is explained, and how its map is shown.
[[nodiscard]] bool choose_sense(Context& context, compare::Request& request);
// A class out of `labels`, with a filter; `current` is shown. The choice is its index.
[[nodiscard]] std::optional<int> choose_class(Context& context, const char* id, const std::string& current,
                                              std::span<const std::string> labels, const char* none);
inline constexpr int no_class = -1;  // the choice `none`: the top class; no contrast
void choose_look(Context& context);

// --- what a map says (legend.cpp) ---
// The colours from the first to the last.
void draw_colours(cam::ColourMap map, ImVec2 at, ImVec2 size);
// The colours with the values they stand for.
void draw_legend(Context& context, const compare::CellResult& result, float width);
// Everything about a cell under the pointer. `x`, `y` in [0, 1]: the point within what the network saw.
void describe_point(const compare::CellResult& result, const compare::Picture& picture, double x, double y);
// The map's value there, as the overlay interpolates it.
[[nodiscard]] float value_at(const cam::HeatMap& map, double x, double y);
// "  ·  int8", or nothing.
[[nodiscard]] std::string precision_note(const compare::CellResult& result);
[[nodiscard]] std::string flat_sentence(const compare::CellResult& result);

}  // namespace effcam::ui
