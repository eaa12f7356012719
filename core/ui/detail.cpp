// One cell, enlarged: the map within the picture at the left, what it is asked for and what it says at the right.
#include <algorithm>

#include "base/text.h"
#include "ui/detail_panel.h"
#include "ui/modal.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

constexpr const char* kPopup = "##enlarged";

template <class Items>
const auto* find(const Items& items, compare::Id id) {
  const auto at = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
  return at == items.end() ? nullptr : &*at;
}

TextureHandle texture_of(Context& context, const Subject& subject, View view) {
  TextureCache& textures = context.state.textures;
  const Look& look = context.state.look;
  switch (view) {
    case View::original: return textures.cell(subject.where, *subject.cell, TextureCache::Slot::original, original_look, 0);
    case View::map:
      return textures.cell(subject.where, *subject.cell, TextureCache::Slot::map, map_look(look), context.limit);
    default: return textures.cell(subject.where, *subject.cell, TextureCache::Slot::overlay, look, context.limit);
  }
}

void draw_whole(Context& context, const Subject& subject, const Rect& drawn, const Rect& box, View view) {
  const Look& look = context.state.look;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw_picture(drawn.from, drawn.to, context.state.textures.thumbnail(*subject.picture));
  ImGui::PushClipRect(drawn.from, drawn.to, true);
  dim_outside(drawn, box);
  // A blended map over the picture itself, which is sharper than the pixels that the network saw.
  const bool blended = view == View::overlay && look.blend == cam::Blend::alpha;
  const bool nothing = view == View::original || (blended && subject.cell->result->flat);
  if (!nothing) {
    const TextureHandle seen = texture_of(context, subject, blended ? View::map : view);
    const ImU32 tint = IM_COL32(255, 255, 255, blended ? static_cast<int>(look.opacity * 255 + 0.5f) : 255);
    if (seen) draw->AddImage(reinterpret_cast<ImTextureID>(seen), box.from, box.to, {0, 0}, {1, 1}, tint);
  }
  draw->AddRect(box.from, box.to, IM_COL32(255, 255, 255, 150), 0, 0, scaled(1));
  ImGui::PopClipRect();
}

// Draws one view in `room`; returns where what the network saw lies.
Rect draw_seen(Context& context, const Subject& subject, const Rect& room, View view) {
  const compare::CellResult& result = *subject.cell->result;
  const compare::PictureInfo& info = subject.picture->info;
  if (!context.state.whole_picture || info.width <= 0) {
    const Rect drawn = fit_rect(room, result.seen.width, result.seen.height);
    draw_picture(drawn.from, drawn.to, texture_of(context, subject, view));
    return drawn;
  }
  const Rect drawn = fit_rect(room, info.width, info.height);
  const Rect box = box_rect(drawn, info.width, info.height, result.box);
  draw_whole(context, subject, drawn, box, view);
  return box;
}

void describe_under_pointer(const Subject& subject, const Rect& seen) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!seen.contains(mouse)) return;
  describe_point(*subject.cell->result, *subject.picture, (mouse.x - seen.from.x) / seen.width(),
                 (mouse.y - seen.from.y) / seen.height());
}

void draw_picture_area(Context& context, const Subject& subject, ImVec2 size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::InvisibleButton("picture", size);
  const bool hovered = ImGui::IsItemHovered();
  const auto show = [&](const Rect& room, View view) {
    const Rect seen = draw_seen(context, subject, room, view);
    if (hovered) describe_under_pointer(subject, seen);
  };
  const ImVec2 end{at.x + size.x, at.y + size.y};
  if (context.state.view != View::side_by_side) return show({at, end}, context.state.view);
  const auto [one, other] = halves({at, end}, scaled(10));
  show(one, View::original);
  show(other, View::overlay);
}

void draw_view_choice(UiState& state) {
  constexpr std::pair<View, const char*> views[] = {{View::overlay, "Overlay"},
                                                     {View::original, "Original"},
                                                     {View::map, "Map only"},
                                                     {View::side_by_side, "Side by side"}};
  for (const auto& [view, name] : views) {
    if (view != View::overlay) flow(ImGui::CalcTextSize(name).x + scaled(28));
    if (ImGui::RadioButton(name, state.view == view)) state.view = view;
  }
  flow(scaled(150));
  ImGui::Checkbox("Whole picture", &state.whole_picture);
}

void draw_left(Context& context, const Subject& subject, ImVec2 size) {
  if (ImGui::BeginChild("left", size)) {
    draw_view_choice(context.state);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    if (room.x > 0 && room.y > scaled(40)) draw_picture_area(context, subject, room);
  }
  ImGui::EndChild();
}

void draw_content(Context& context, const Subject& subject) {
  if (draw_modal_title(text(subject.picture->name, "  ·  ", subject.model->name))) context.state.enlarged.reset();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float panel = scaled(330), spacing = ImGui::GetStyle().ItemSpacing.x;
  if (room.x > scaled(760)) {
    draw_left(context, subject, {room.x - panel - 2 * spacing, room.y});
    ImGui::SameLine(0, 2 * spacing);
    draw_detail_panel(context, subject, {panel, room.y});
  } else {
    draw_left(context, subject, {room.x, room.y * 0.52f});
    draw_detail_panel(context, subject, ImGui::GetContentRegionAvail());
  }
}

std::optional<Subject> subject_of(const Context& context) {
  if (!context.state.enlarged) return std::nullopt;
  Subject subject{*context.state.enlarged};
  subject.cell = context.board.cell(subject.where.picture, subject.where.model);
  subject.picture = find(context.board.pictures(), subject.where.picture);
  subject.model = find(context.board.models(), subject.where.model);
  if (!subject.cell || !subject.cell->result || !subject.picture || !subject.model) return std::nullopt;
  return subject;
}

}  // namespace

void draw_detail(Context& context) {
  const std::optional<Subject> subject = subject_of(context);
  draw_modal(kPopup, subject.has_value(), [&] {
    if (subject) {
      draw_content(context, *subject);
      if (is_dismissed()) context.state.enlarged.reset();
    }
    return subject && context.state.enlarged;
  });
  // A cell without a result cannot be enlarged (yet).
  if (context.state.enlarged && !subject) context.state.enlarged.reset();
}

}  // namespace effcam::ui
