// One cell of the grid: the overlay, the first predictions, the time; or why there is none.
#include <algorithm>

#include "base/text.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

constexpr int kPredictions = 3;

template <class Items>
const auto* find(const Items& items, compare::Id id) {
  const auto at = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
  return at == items.end() ? nullptr : &*at;
}

float padding() { return scaled(8); }

struct Frame {
  ImVec2 from, to;      // of the card
  ImVec2 picture, end;  // of its picture
  bool hovered = false;
};

Frame place(ImVec2 size) {
  Frame frame;
  frame.from = ImGui::GetCursorScreenPos();
  frame.to = {frame.from.x + size.x, frame.from.y + size.y};
  const float side = size.x - 2 * padding();
  frame.picture = {frame.from.x + padding(), frame.from.y + padding()};
  frame.end = {frame.picture.x + side, frame.picture.y + side};
  return frame;
}

// What there is to say about a cell without a result.
std::string sentence(const compare::Board& board, CellRef where, const compare::Cell* cell, bool& failed) {
  const auto* picture = find(board.pictures(), where.picture);
  const auto* model = find(board.models(), where.model);
  failed = true;
  if (picture && picture->stage == compare::Stage::failed) return picture->error;
  if (model && model->stage == compare::Stage::failed) return model->error;
  if (cell && cell->stage == compare::Stage::failed) return cell->error;
  failed = false;
  if (cell && cell->stage == compare::Stage::cancelled) return "Cancelled. Click to compute it.";
  if (model && model->stage != compare::Stage::ready) return "Waiting for the model";
  if (cell && cell->stage == compare::Stage::working) return "Working";
  return "Waiting";
}

void draw_without_result(Context& context, CellRef where, const compare::Cell* cell, const Frame& frame) {
  bool failed = false;
  const std::string why = sentence(context.board, where, cell, failed);
  draw_picture(frame.picture, frame.end, 0);
  const float inset = scaled(12), width = frame.end.x - frame.picture.x - 2 * inset;
  ImGui::PushClipRect(frame.picture, frame.to, true);
  draw_wrapped({frame.picture.x + inset, frame.picture.y + inset}, width, failed ? colours::error : colours::muted, why);
  ImGui::PopClipRect();
}

void draw_numbers(const compare::CellResult& result, const Frame& frame) {
  const float width = frame.end.x - frame.picture.x;
  float y = frame.end.y + scaled(8);
  for (std::size_t i = 0; i < result.top.size() && i < kPredictions; ++i) {
    draw_prediction({frame.picture.x, y}, width, result.top[i], result.top[i].index == result.target.index);
    y += prediction_height();
  }
  const double total = result.ms.decode + result.ms.forward + result.ms.map;
  const bool listed = std::any_of(result.top.begin(), result.top.begin() + std::min<std::ptrdiff_t>(kPredictions, std::ssize(result.top)),
                                  [&](const auto& p) { return p.index == result.target.index; });
  const std::string other = listed ? "" : text("  ·  for ", result.target.label, " ", percent(result.target.probability));
  ImGui::PushFont(font(Face::small));
  draw_text({frame.picture.x, y}, colours::muted, fit(text(duration(total), precision_note(result), other), width));
  ImGui::PopFont();
}

void draw_result(Context& context, CellRef where, const compare::Cell& cell, const Frame& frame) {
  const compare::CellResult& result = *cell.result;
  const TextureHandle overlay =
      context.state.textures.cell(where, cell, TextureCache::Slot::overlay, context.state.look, context.limit);
  draw_picture(frame.picture, frame.end, overlay);
  if (result.flat) {
    const float inset = scaled(8), line = ImGui::GetTextLineHeight() * 2;
    const ImVec2 at{frame.picture.x, frame.end.y - line - 2 * inset};
    ImGui::GetWindowDrawList()->AddRectFilled(at, frame.end, IM_COL32(0, 0, 0, 170), scaled(4));
    ImGui::PushClipRect(at, frame.end, true);
    draw_wrapped({at.x + inset, at.y + inset}, frame.end.x - at.x - 2 * inset, colours::text, flat_sentence(result));
    ImGui::PopClipRect();
  }
  draw_numbers(result, frame);
}

// The state of a computation over a picture that stays: progress, or what went wrong with it.
void draw_state(const compare::Cell& cell, const Frame& frame) {
  const float inset = scaled(8), width = frame.end.x - frame.picture.x - 2 * inset;
  if (cell.stage == compare::Stage::working || cell.stage == compare::Stage::waiting) {
    const bool nothing_yet = cell.stage == compare::Stage::waiting && !cell.result;
    if (!nothing_yet) draw_progress({frame.picture.x + inset, frame.end.y - scaled(12)}, width, cell.share);
  } else if (cell.stage == compare::Stage::failed && cell.result) {
    const float height = ImGui::CalcTextSize(cell.error.c_str(), nullptr, false, width).y + 2 * inset;
    const ImVec2 at{frame.picture.x, std::max(frame.picture.y, frame.end.y - height)};
    ImGui::GetWindowDrawList()->AddRectFilled(at, frame.end, IM_COL32(0, 0, 0, 190), scaled(4));
    ImGui::PushClipRect(at, frame.end, true);
    draw_wrapped({at.x + inset, at.y + inset}, width, colours::error, cell.error);
    ImGui::PopClipRect();
  }
}

void answer_pointer(Context& context, CellRef where, const compare::Cell* cell, const Frame& frame) {
  const ImGuiIO& io = ImGui::GetIO();
  if (clicked_in_place()) {
    context.state.selected = where;
    if (cell && cell->result) context.state.enlarged = where;
    if (cell && cell->stage == compare::Stage::cancelled) context.board.retry(where.picture, where.model);
  }
  if (!frame.hovered || !cell || !cell->result) return;
  ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  const ImVec2 mouse = io.MousePos;
  if (mouse.x < frame.picture.x || mouse.x >= frame.end.x || mouse.y < frame.picture.y || mouse.y >= frame.end.y) return;
  if (const auto* picture = find(context.board.pictures(), where.picture)) {
    describe_point(*cell->result, *picture, (mouse.x - frame.picture.x) / (frame.end.x - frame.picture.x),
                   (mouse.y - frame.picture.y) / (frame.end.y - frame.picture.y));
  }
}

}  // namespace

float cell_height(float side) {
  const float small = font(Face::small)->FontSize * ImGui::GetIO().FontGlobalScale;
  return padding() + side + scaled(8) + kPredictions * prediction_height() + small + padding();
}

void draw_cell(Context& context, CellRef where, ImVec2 size) {
  ImGui::PushID(static_cast<int>(where.picture));
  ImGui::PushID(static_cast<int>(where.model));
  Frame frame = place(size);
  ImGui::InvisibleButton("cell", size);
  frame.hovered = ImGui::IsItemHovered();
  const compare::Cell* cell = context.board.cell(where.picture, where.model);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(frame.from, frame.to, colours::card, scaled(6));
  if (cell && cell->result) {
    draw_result(context, where, *cell, frame);
  } else {
    draw_without_result(context, where, cell, frame);
  }
  if (cell) draw_state(*cell, frame);
  const bool selected = context.state.selected == where;
  if (selected || frame.hovered) {
    draw->AddRect(frame.from, frame.to, selected ? colours::accent : colours::line, scaled(6), 0, scaled(1.5f));
  }
  answer_pointer(context, where, cell, frame);
  ImGui::PopID();
  ImGui::PopID();
}

}  // namespace effcam::ui
