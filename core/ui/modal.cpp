#include "ui/modal.h"

#include <imgui.h>

#include "ui/theme.h"
#include "ui/widgets.h"

namespace effcam::ui {

void draw_modal(const char* id, bool wanted, const std::function<bool()>& content) {
  if (wanted && !ImGui::IsPopupOpen(id)) ImGui::OpenPopup(id);
  const ImGuiViewport* viewport = ImGui::GetMainViewport();
  const float margin = viewport->WorkSize.x > scaled(760) ? scaled(28) : 0;
  ImGui::SetNextWindowPos({viewport->WorkPos.x + margin, viewport->WorkPos.y + margin});
  ImGui::SetNextWindowSize({viewport->WorkSize.x - 2 * margin, viewport->WorkSize.y - 2 * margin});
  ImGui::PushStyleColor(ImGuiCol_PopupBg, colours::panel);
  constexpr auto flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings;
  if (ImGui::BeginPopupModal(id, nullptr, flags)) {
    if (!content()) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleColor();
}

bool draw_modal_title(std::string_view title) {
  const float width = ImGui::GetContentRegionAvail().x, cross = scaled(32);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushFont(font(Face::title));
  ImGui::TextUnformatted(fit(title, width - cross).c_str());
  const float middle = at.y + ImGui::GetTextLineHeight() / 2;
  ImGui::PopFont();
  return cross_button("Close", {at.x + width - scaled(10), middle});
}

bool is_dismissed() {
  // A list within the window takes the Escape key first.
  const bool top = ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows);
  const ImVec2 from = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  const bool outside = ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !ImGui::IsAnyItemHovered() &&
                       !ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y}, false);
  return top && (ImGui::IsKeyPressed(ImGuiKey_Escape, false) || outside);
}

}  // namespace effcam::ui
