// The grid: a row for each picture, a column for each model. Only what is visible is drawn.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

struct Layout {
  float cell = 0;    // width of a column
  float header = 0;  // height of the header row
  float row = 0;
};

constexpr std::size_t kFewModels = 3;

float gap() { return scaled(8); }

Layout measure(const UiState& state) {
  const float small = font(Face::small)->FontSize * ImGui::GetIO().FontGlobalScale;
  Layout layout;
  const float side = scaled(std::round(state.cell));
  layout.cell = side + scaled(16);
  layout.header = font(Face::title)->FontSize * ImGui::GetIO().FontGlobalScale + 2 * small + scaled(20);
  layout.row = cell_height(side);
  return layout;
}

std::string model_line(const compare::BoardModel& model) {
  return text(model.info.variant, " · ", model.info.size, " × ", model.info.size);
}

void draw_model_state(const compare::BoardModel& model, ImVec2 at, float width) {
  ImGui::PushFont(font(Face::small));
  const float line = ImGui::GetTextLineHeight();
  if (model.stage == compare::Stage::ready) {
    draw_text(at, colours::muted, fit(model_line(model), width));
    draw_text({at.x, at.y + line + scaled(2)}, colours::muted,
              fit(text(model.info.classes, " classes · ready in ", duration(model.info.load_ms)), width));
  } else if (model.stage == compare::Stage::failed) {
    ImGui::PushClipRect(at, {at.x + width, at.y + 2 * line + scaled(4)}, true);
    draw_wrapped(at, width, colours::error, model.error);
    ImGui::PopClipRect();
  } else {
    draw_text(at, colours::muted, model.share > 0 ? "Preparing" : "Waiting for its file");
    draw_progress({at.x, at.y + line + scaled(6)}, width, model.share);
  }
  ImGui::PopFont();
}

// Returns true when the model is to be removed.
bool draw_model_header(const compare::BoardModel& model, const Layout& layout) {
  ImGui::PushID(static_cast<int>(model.id));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float inset = scaled(4), width = layout.cell - 2 * inset, cross = scaled(24);
  ImGui::Dummy({layout.cell, layout.header});
  if (ImGui::IsItemHovered() && model.stage == compare::Stage::failed) tooltip(model.error.c_str());
  ImGui::PushFont(font(Face::title));
  draw_text({at.x + inset, at.y + scaled(4)}, colours::text, fit(model.name, width - cross));
  const float title = ImGui::GetTextLineHeight();
  ImGui::PopFont();
  draw_model_state(model, {at.x + inset, at.y + scaled(7) + title}, width);
  const bool removed = cross_button("Remove this model", {at.x + layout.cell - scaled(14), at.y + scaled(4) + title / 2});
  ImGui::PopID();
  return removed;
}

// The part of the picture that the models of this row saw: of the first one that has answered.
void draw_crop(const Context& context, const compare::Picture& picture, const Rect& drawn) {
  for (const auto& model : context.board.models()) {
    const compare::Cell* cell = context.board.cell(picture.id, model.id);
    if (!cell || !cell->result) continue;
    const Rect box = box_rect(drawn, picture.info.width, picture.info.height, cell->result->box);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImVec2 from{std::max(drawn.from.x, box.from.x) + 0.5f, std::max(drawn.from.y, box.from.y) + 0.5f};
    const ImVec2 to{std::min(drawn.to.x, box.to.x) - 0.5f, std::min(drawn.to.y, box.to.y) - 0.5f};
    draw->AddRect(from, to, IM_COL32(0, 0, 0, 130), scaled(2), 0, scaled(3));
    draw->AddRect(from, to, colours::box, scaled(2), 0, scaled(1));
    return;
  }
}

void draw_thumbnail(Context& context, const compare::Picture& picture, const Rect& place) {
  if (picture.stage == compare::Stage::failed) {
    draw_picture(place.from, place.to, 0);
    const float inset = scaled(12);
    ImGui::PushClipRect(place.from, place.to, true);
    draw_wrapped({place.from.x + inset, place.from.y + inset}, place.width() - 2 * inset, colours::error, picture.error);
    ImGui::PopClipRect();
    return;
  }
  if (picture.info.width <= 0) return draw_picture(place.from, place.to, 0);
  const Rect drawn = fit_rect(place, picture.info.width, picture.info.height);
  draw_picture(drawn.from, drawn.to, context.state.textures.thumbnail(picture));
  draw_crop(context, picture, drawn);
}

// Returns true when the picture is to be removed.
bool draw_picture_cell(Context& context, const compare::Picture& picture, const Layout& layout) {
  ImGui::PushID(static_cast<int>(picture.id));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float pad = scaled(8), side = layout.cell - 2 * pad;
  const Rect place{{at.x + pad, at.y + pad}, {at.x + pad + side, at.y + pad + side}};
  float y = place.to.y + scaled(8);
  // Before the head that it lies on: of two items under the pointer ImGui takes the first.
  const bool removed =
      cross_button("Remove this image", {place.to.x - scaled(8), y + ImGui::GetTextLineHeight() / 2});
  const bool hovered = draw_row_head(context, picture, {layout.cell, layout.row});
  draw_thumbnail(context, picture, place);
  draw_text({place.from.x, y}, colours::text, fit(picture.name, side - scaled(22)));
  y += ImGui::GetTextLineHeight() + scaled(3);
  if (picture.info.width > 0) {
    ImGui::PushFont(font(Face::small));
    draw_text({place.from.x, y}, colours::muted, text(picture.info.width, " × ", picture.info.height));
    y += ImGui::GetTextLineHeight() + scaled(3);
    ImGui::PopFont();
  }
  draw_agreement_line(context, picture, {place.from.x, y}, side, hovered);
  ImGui::PopID();
  return removed;
}

// Scrolls the table so that the selected cell is in view.
void reveal_selected(Context& context, const Layout& layout) {
  UiState& state = context.state;
  if (!state.reveal || !state.selected) return;
  state.reveal = false;
  const auto position = [](const auto& items, compare::Id id) {
    return std::find_if(items.begin(), items.end(), [&](const auto& i) { return i.id == id; }) - items.begin();
  };
  const auto into_view = [](float start, float size, float scroll, float room, auto set) {
    if (start < scroll) set(start);
    if (start + size > scroll + room) set(start + size - room);
  };
  const float row = layout.row + gap(), column = layout.cell + gap();
  const float top = row * static_cast<float>(position(context.board.pictures(), state.selected->picture));
  const float left = column * static_cast<float>(position(context.board.models(), state.selected->model));
  into_view(top, row, ImGui::GetScrollY(), ImGui::GetWindowHeight() - layout.header - 2 * gap(),
            [](float y) { ImGui::SetScrollY(y); });
  into_view(left, column, ImGui::GetScrollX(), ImGui::GetWindowWidth() - column - gap(),
            [](float x) { ImGui::SetScrollX(x); });
}

void draw_rows(Context& context, const Layout& layout, std::optional<compare::Id>& removed) {
  const auto& pictures = context.board.pictures();
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(pictures.size()), layout.row + gap());
  while (clipper.Step()) {
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
      const compare::Picture& picture = pictures[static_cast<std::size_t>(row)];
      ImGui::TableNextRow(ImGuiTableRowFlags_None, layout.row + gap());
      ImGui::TableNextColumn();
      if (draw_picture_cell(context, picture, layout)) removed = picture.id;
      for (const auto& model : context.board.models()) {
        if (ImGui::TableNextColumn()) draw_cell(context, {picture.id, model.id}, {layout.cell, layout.row});
      }
    }
  }
}

void draw_corner(const Context& context, const Layout& layout) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::size_t count = context.board.pictures().size();
  ImGui::Dummy({layout.cell, layout.header});
  ImGui::PushFont(font(Face::small));
  draw_text({at.x + scaled(8), at.y + scaled(6)}, colours::muted, count == 1 ? "1 image" : text(count, " images"));
  ImGui::PopFont();
}

void draw_invitation(Context& context, const Layout& layout) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos({at.x, at.y + scaled(3)});
  draw_add_model(context, "Compare with…");
  ImGui::PushFont(font(Face::small));
  const float y = at.y + scaled(3) + ImGui::GetFrameHeight() + scaled(8);
  draw_text({at.x + scaled(2), y}, colours::muted, fit("or drop a .safetensors file", layout.cell));
  ImGui::PopFont();
}

void draw_table(Context& context, const Layout& layout, ImVec2 size) {
  compare::Board& board = context.board;
  std::optional<compare::Id> picture_gone, model_gone;
  // A board of few models has room for a column that says how to compare.
  const bool invites = board.models().size() < kFewModels;
  const int columns = 1 + static_cast<int>(board.models().size()) + (invites ? 1 : 0);
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {gap() / 2, gap() / 2});
  if (ImGui::BeginTable("grid", columns,
                        ImGuiTableFlags_ScrollX | ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit, size)) {
    for (int i = 0; i < columns; ++i) ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthFixed, layout.cell);
    ImGui::TableSetupScrollFreeze(1, 1);
    ImGui::TableNextRow(ImGuiTableRowFlags_None, layout.header);
    ImGui::TableNextColumn();
    draw_corner(context, layout);
    for (const auto& model : board.models()) {
      if (ImGui::TableNextColumn() && draw_model_header(model, layout)) model_gone = model.id;
    }
    if (invites && ImGui::TableNextColumn()) draw_invitation(context, layout);
    draw_rows(context, layout, picture_gone);
    reveal_selected(context, layout);
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
  if (picture_gone) board.remove_picture(*picture_gone);
  if (model_gone) board.remove_model(*model_gone);
}

void draw_hint(const char* title, const char* hint, ImVec2 size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy(size);
  ImGui::PushFont(font(Face::title));
  const ImVec2 extent = ImGui::CalcTextSize(title);
  const float y = at.y + std::max(0.f, size.y / 2 - 2 * extent.y);
  draw_text({at.x + (size.x - extent.x) / 2, y}, colours::text, title);
  ImGui::PopFont();
  const float width = std::min(size.x, scaled(420));
  const float lines = ImGui::CalcTextSize(hint, nullptr, false, width).x;
  draw_wrapped({at.x + (size.x - lines) / 2, y + extent.y + scaled(10)}, width, colours::muted, hint);
}

}  // namespace

void draw_grid(Context& context) {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ImVec2 size{room.x, std::max(scaled(80), room.y - status_height(context.state))};
  const Layout layout = measure(context.state);
  const bool pictures = !context.board.pictures().empty(), models = !context.board.models().empty();
  if (!pictures && !models) {
    return draw_hint("See what every EfficientNet sees",
                     "Drop photographs and .safetensors files here, or use the buttons above.", size);
  }
  const float table = pictures ? size.y : std::min(size.y, layout.header + scaled(40));
  draw_table(context, layout, {size.x, table});
  if (!pictures) {
    draw_hint("No images yet", "Drop photographs here, paste one, or press “Add images…”.", {size.x, size.y - table});
  }
}

}  // namespace effcam::ui
