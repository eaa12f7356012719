#include "ui/ui.h"

#include <algorithm>

#include "ui/panels.h"

namespace effcam::ui {
namespace {

template <class Items>
int index_of(const Items& items, compare::Id id) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
  return found == items.end() ? -1 : static_cast<int>(found - items.begin());
}

bool exists(const compare::Board& board, const std::optional<CellRef>& where) {
  return where && index_of(board.pictures(), where->picture) >= 0 && index_of(board.models(), where->model) >= 0;
}

// The largest value of all maps on the board.
// Of a frame: comparing eight models' maps takes some milliseconds a row.
constexpr double kAgreementMs = 5;

float common_limit(const compare::Board& board) {
  float limit = 0;
  for (const auto& picture : board.pictures()) {
    for (const auto& model : board.models()) {
      const compare::Cell* cell = board.cell(picture.id, model.id);
      if (cell && cell->result) limit = std::max(limit, cam::extent(cell->result->map, cell->result->is_signed));
    }
  }
  return limit;
}

int pressed(ImGuiKey more, ImGuiKey less) {
  return static_cast<int>(ImGui::IsKeyPressed(more)) - static_cast<int>(ImGui::IsKeyPressed(less));
}

// Arrows move the selection, in the grid and in the enlarged view; Enter enlarges, A compares the
// models of the row, Escape closes.
void handle_keys(Context& context) {
  UiState& state = context.state;
  const auto& pictures = context.board.pictures();
  const auto& models = context.board.models();
  const bool list_open = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId) && !state.enlarged && !state.compared;
  if (ImGui::GetIO().WantTextInput || ImGui::IsAnyItemActive() || list_open || pictures.empty() || models.empty())
    return;
  const int down = pressed(ImGuiKey_DownArrow, ImGuiKey_UpArrow);
  const int right = pressed(ImGuiKey_RightArrow, ImGuiKey_LeftArrow);
  if (down || right) {
    CellRef next{pictures.front().id, models.front().id};
    if (exists(context.board, state.selected)) {
      const int row = index_of(pictures, state.selected->picture) + down;
      const int column = index_of(models, state.selected->model) + right;
      next.picture = pictures[std::clamp<int>(row, 0, static_cast<int>(pictures.size()) - 1)].id;
      next.model = models[std::clamp<int>(column, 0, static_cast<int>(models.size()) - 1)].id;
    }
    state.selected = next;
    state.reveal = true;
    if (state.enlarged) state.enlarged = next;
    if (state.compared) state.compared = next.picture;
  }
  if (state.enlarged || state.compared || !state.selected) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Enter, false)) state.enlarged = state.selected;
  if (ImGui::IsKeyPressed(ImGuiKey_A, false) && state.agreements.of(context.board, state.selected->picture))
    state.compared = state.selected->picture;
}

void forget_gone(UiState& state, const compare::Board& board) {
  if (state.selected && !exists(board, state.selected)) state.selected.reset();
  if (state.enlarged && !exists(board, state.enlarged)) state.enlarged.reset();
}

}  // namespace

void name_control(Context& context, const char* name) {
  if (!ImGui::IsItemVisible()) return;
  const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
  context.state.controls[name] = {(from.x + to.x) / 2, (from.y + to.y) / 2};
}

Wishes draw(UiState& state, compare::Board& board, TextureStore& store) {
  Wishes wishes;
  forget_gone(state, board);
  state.textures.begin_frame(board, store);
  state.agreements.begin(kAgreementMs);
  Context context{state, board, wishes, state.common_scale ? common_limit(board) : 0};

  const ImGuiViewport* viewport = ImGui::GetMainViewport();
  ImGui::SetNextWindowPos(viewport->WorkPos);
  ImGui::SetNextWindowSize(viewport->WorkSize);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::Begin("effcam", nullptr,
               ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNavFocus);
  ImGui::PopStyleVar();
  state.controls.clear();
  handle_keys(context);
  draw_toolbar(context);
  draw_grid(context);
  draw_status(context);
  draw_detail(context);
  draw_agreement(context);
  ImGui::End();

  state.textures.end_frame();
  wishes.again = wishes.again || state.textures.pending() || state.agreements.pending();
  wishes.editing = ImGui::GetIO().WantTextInput;
  return wishes;
}

}  // namespace effcam::ui
