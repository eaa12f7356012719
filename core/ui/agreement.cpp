// Do the models of a row agree? A line under its name; and a window with consensus and disagreement within the picture
// at the left, the numbers at the right.
#include <algorithm>

#include "base/text.h"
#include "ui/agreement_panel.h"
#include "ui/modal.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

struct Shown {
  const char* title;
  TextureCache::Slot slot;
  const std::optional<cam::HeatMap>& map;
  float limit;  // the value that has the colours' last
};

void describe_under_pointer(const Shown& shown, const Rect& box) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!box.contains(mouse)) return;
  const float value = value_at(*shown.map, (mouse.x - box.from.x) / box.width(), (mouse.y - box.from.y) / box.height());
  tooltip(text(shown.title, " ", fixed(value, 2)).c_str());
}

void draw_scale(const Context& context, const Shown& shown, const Rect& below) {
  const float bar = scaled(10);
  draw_colours(context.state.look.colours, below.from, {below.width(), bar});
  ImGui::PushFont(font(Face::small));
  const std::string high = fixed(shown.limit, shown.limit < 1 ? 1 : 0);
  const float y = below.from.y + bar + scaled(4);
  draw_text({below.from.x, y}, colours::muted, "0");
  draw_text({below.to.x - ImGui::CalcTextSize(high.c_str()).x, y}, colours::muted, high);
  ImGui::PopFont();
}

// One of the two maps in `room`: its title, the map within the picture, its colours.
void draw_map(Context& context, const ComparedRow& row, const Shown& shown, const Rect& room) {
  const compare::PictureInfo& info = row.picture->info;
  const float line = ImGui::GetTextLineHeight(), scale = scaled(32);
  draw_text(room.from, colours::text, shown.title);
  const Rect middle{{room.from.x, room.from.y + line + scaled(6)}, {room.to.x, room.to.y - scale}};
  if (middle.height() <= 0 || info.width <= 0) return;
  Rect drawn = fit_rect(middle, info.width, info.height);
  drawn = {{drawn.from.x, middle.from.y}, {drawn.to.x, middle.from.y + drawn.height()}};  // right below its title
  draw_picture(drawn.from, drawn.to, context.state.textures.thumbnail(*row.picture));
  if (!shown.map) {
    ImGui::PushClipRect(drawn.from, drawn.to, true);
    dim_outside(drawn, {drawn.from, drawn.from});
    draw_wrapped({drawn.from.x + scaled(12), drawn.from.y + scaled(12)}, drawn.width() - scaled(24), colours::text,
                 "Undefined: fewer than two models have a map that is not flat.");
    ImGui::PopClipRect();
    return;
  }
  const Rect box = box_rect(drawn, info.width, info.height, *row.entry->agreement.box);
  const TextureHandle heat = context.state.textures.heat(shown.slot, row.picture->id, row.entry->version, *shown.map,
                                                         context.state.look.colours, shown.limit);
  const ImU32 tint = IM_COL32(255, 255, 255, static_cast<int>(context.state.look.opacity * 255 + 0.5f));
  ImDrawList* draw = ImGui::GetWindowDrawList();
  ImGui::PushClipRect(drawn.from, drawn.to, true);
  dim_outside(drawn, box);
  if (heat) draw->AddImage(reinterpret_cast<ImTextureID>(heat), box.from, box.to, {0, 0}, {1, 1}, tint);
  draw->AddRect(box.from, box.to, IM_COL32(255, 255, 255, 150), 0, 0, scaled(1));
  ImGui::PopClipRect();
  draw_scale(context, shown, {{drawn.from.x, drawn.to.y + scaled(8)}, {drawn.to.x, room.to.y}});
  if (ImGui::IsItemHovered()) describe_under_pointer(shown, box);
}

void draw_maps(Context& context, const ComparedRow& row, ImVec2 size) {
  const ImVec2 at = ImGui::GetCursorScreenPos(), end{at.x + size.x, at.y + size.y};
  ImGui::InvisibleButton("maps", size);
  if (!row.entry) return;
  const compare::Agreement& agreement = row.entry->agreement;
  const Shown consensus{"Consensus", TextureCache::Slot::consensus, agreement.consensus, 1};
  const Shown disagreement{"Disagreement", TextureCache::Slot::disagreement, agreement.disagreement,
                           compare::kMostDisagreement};
  const auto [one, other] = halves({at, end}, scaled(16));
  draw_map(context, row, consensus, one);
  draw_map(context, row, disagreement, other);
}

void draw_content(Context& context, const ComparedRow& row) {
  if (draw_modal_title(text(row.picture->name, "  ·  do the models agree?"))) context.state.compared.reset();
  ImGui::Spacing();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float panel = scaled(400), spacing = 2 * ImGui::GetStyle().ItemSpacing.x;
  if (room.x > scaled(760)) {
    draw_maps(context, row, {room.x - panel - spacing, room.y});
    ImGui::SameLine(0, spacing);
    draw_agreement_panel(context, row, {panel, room.y});
  } else {
    draw_maps(context, row, {room.x, room.y * 0.5f});
    draw_agreement_panel(context, row, ImGui::GetContentRegionAvail());
  }
}

}  // namespace

bool draw_row_head(Context& context, const compare::Picture& picture, ImVec2 size) {
  if (!context.state.agreements.of(context.board, picture.id)) {
    ImGui::Dummy(size);
    return false;
  }
  ImGui::InvisibleButton("agreement", size);
  const bool hovered = ImGui::IsItemHovered();
  if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  if (clicked_in_place()) context.state.compared = picture.id;
  return hovered;
}

void draw_agreement_line(Context& context, const compare::Picture& picture, ImVec2 at, float width, bool hovered) {
  const compare::AgreementCache::Entry* entry = context.state.agreements.of(context.board, picture.id);
  if (!entry) return;
  ImGui::PushFont(font(Face::small));
  const float arrow = scaled(10);
  const std::string sentence = fit(compare::agreement_sentence(entry->agreement), width - arrow);
  draw_text(at, hovered ? colours::accent : colours::muted, text(sentence, " ›"));
  ImGui::PopFont();
}

void draw_agreement(Context& context) {
  std::optional<compare::Id>& compared = context.state.compared;
  const auto& pictures = context.board.pictures();
  ComparedRow row;
  if (compared) {
    const auto found = std::ranges::find(pictures, *compared, &compare::Picture::id);
    if (found == pictures.end()) {
      compared.reset();
    } else {
      row = {&*found, context.state.agreements.of(context.board, *compared)};
    }
  }
  draw_modal("##agreement", row.picture != nullptr, [&] {
    if (row.picture) draw_content(context, row);
    if (is_dismissed()) compared.reset();
    return compared.has_value();
  });
}

}  // namespace effcam::ui
