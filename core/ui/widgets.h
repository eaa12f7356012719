// Small pieces that the panels are made of.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>
#include <utility>

#include "compare/cell.h"
#include "ui/theme.h"

namespace effcam::ui {

// Text that fits: its beginning and "…".
[[nodiscard]] std::string fit(std::string_view text, float width);
// "93.1 %", "12 ms", "1.4 s".
[[nodiscard]] std::string percent(double share);
[[nodiscard]] std::string duration(double ms);

void draw_text(ImVec2 at, ImU32 colour, std::string_view text);
// Wrapped within `width`; returns the height.
float draw_wrapped(ImVec2 at, float width, ImU32 colour, std::string_view text);
// A label above its bar, with the probability at the right: one row of `row_height`.
void draw_prediction(ImVec2 at, float width, const compare::Prediction& prediction, bool explained);
[[nodiscard]] float prediction_height();
void draw_progress(ImVec2 at, float width, double share);
// A picture in a rounded frame. `texture` 0: the empty frame.
void draw_picture(ImVec2 from, ImVec2 to, std::uintptr_t texture);

// A small × that is pressed; `name` for ImGui's id and the tooltip.
[[nodiscard]] bool cross_button(const char* name, ImVec2 centre);
// Whether the last item was pressed and let go in its place: a drag scrolls (touch).
[[nodiscard]] bool clicked_in_place();
// Goes to the next line unless `width` more fits on this one.
void flow(float width);
// A label in front of the next item, on the same line.
void label(const char* text);
void tooltip(const char* text);
// A small title over a part of a panel.
void heading(const char* title);

// The part of `to` that a picture of width × height fills, centred.
struct Rect {
  ImVec2 from, to;
  [[nodiscard]] float width() const { return to.x - from.x; }
  [[nodiscard]] float height() const { return to.y - from.y; }
  [[nodiscard]] bool contains(ImVec2 point) const {
    return point.x >= from.x && point.x < to.x && point.y >= from.y && point.y < to.y;
  }
};
// The left and the right half, or of a high one the upper and the lower, with `gap` between them.
[[nodiscard]] std::pair<Rect, Rect> halves(const Rect& whole, float gap);
[[nodiscard]] Rect fit_rect(Rect to, double width, double height);
// The part of a picture drawn in `drawn` (width × height pixels) that `box` covers.
[[nodiscard]] Rect box_rect(const Rect& drawn, double width, double height, const image::Box& box);
// Everything of `drawn` outside of `box` is made darker: the network did not see it.
void dim_outside(const Rect& drawn, const Rect& box);

}  // namespace effcam::ui
