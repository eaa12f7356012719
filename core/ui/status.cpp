// The lines at the bottom: what there is to say; what is going on, on what; and the promise.
#include "base/text.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

std::string progress_text(const compare::Board& board) {
  std::size_t ready = 0, all = 0;
  for (const auto& picture : board.pictures()) {
    for (const auto& model : board.models()) {
      const compare::Cell* cell = board.cell(picture.id, model.id);
      ready += cell && cell->stage == compare::Stage::ready ? 1 : 0;
      ++all;
    }
  }
  if (board.unfinished() > 0) return text("Working: ", ready, " of ", all, " cells ready");
  if (ready < all) return text(ready, " of ", all, " cells ready");
  return ready == 1 ? "1 cell ready" : text(ready, " cells ready");
}

void draw_notice(std::string& notice) {
  ImGui::PushStyleColor(ImGuiCol_Text, colours::error);
  ImGui::TextUnformatted(fit(notice, ImGui::GetContentRegionAvail().x - scaled(40)).c_str());
  ImGui::PopStyleColor();
  const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
  if (cross_button("Dismiss", {to.x + scaled(18), (from.y + to.y) / 2})) notice.clear();
}

}  // namespace

float status_height(const UiState& state) {
  const ImGuiStyle& style = ImGui::GetStyle();
  const float line = font(Face::small)->FontSize * ImGui::GetIO().FontGlobalScale;
  return line + style.ItemSpacing.y + (state.notice.empty() ? 0 : ImGui::GetTextLineHeight() + style.ItemSpacing.y);
}

void draw_status(Context& context) {
  UiState& state = context.state;
  if (!state.notice.empty()) draw_notice(state.notice);
  ImGui::PushFont(font(Face::small));
  if (context.board.pictures().empty() || context.board.models().empty()) {
    ImGui::TextDisabled("%s", state.status.c_str());
  } else {
    ImGui::TextDisabled("%s  ·  %s", progress_text(context.board).c_str(), state.status.c_str());
  }
  const char* promise = "Images stay on this machine";
  const float right = ImGui::GetWindowContentRegionMax().x - ImGui::CalcTextSize(promise).x;
  if (right > ImGui::GetItemRectMax().x - ImGui::GetWindowPos().x + scaled(24)) {
    ImGui::SameLine(right);
    ImGui::TextDisabled("%s", promise);
  }
  ImGui::PopFont();
}

}  // namespace effcam::ui
