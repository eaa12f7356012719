#include "ui/widgets.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace effcam::ui {
namespace {

float text_width(std::string_view text) { return ImGui::CalcTextSize(text.data(), text.data() + text.size()).x; }

ImTextureID texture_id(std::uintptr_t handle) { return reinterpret_cast<ImTextureID>(handle); }

}  // namespace

std::string fit(std::string_view text, float width) {
  if (text_width(text) <= width) return std::string(text);
  std::size_t low = 0, high = text.size();
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (text_width(std::string(text.substr(0, middle)) + "…") <= width) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  // Not within a character of several bytes.
  while (low > 0 && (static_cast<unsigned char>(text[low]) & 0xc0) == 0x80) --low;
  return std::string(text.substr(0, low)) + "…";
}

std::string percent(double share) { return fixed(100 * share, 1) + " %"; }

std::string duration(double ms) {
  if (ms >= 90'000) return fixed(ms / 60'000, 0) + " min";
  if (ms >= 1000) return fixed(ms / 1000, 1) + " s";
  return fixed(ms, ms < 10 ? 1 : 0) + " ms";
}

void draw_text(ImVec2 at, ImU32 colour, std::string_view text) {
  ImGui::GetWindowDrawList()->AddText(at, colour, text.data(), text.data() + text.size());
}

float draw_wrapped(ImVec2 at, float width, ImU32 colour, std::string_view text) {
  const char* end = text.data() + text.size();
  ImGui::GetWindowDrawList()->AddText(ImGui::GetFont(), ImGui::GetFontSize(), at, colour, text.data(), end, width);
  return ImGui::CalcTextSize(text.data(), end, false, width).y;
}

float prediction_height() { return ImGui::GetTextLineHeight() + scaled(9); }

void draw_prediction(ImVec2 at, float width, const compare::Prediction& prediction, bool explained) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const std::string share = percent(prediction.probability);
  const float share_width = text_width(share);
  draw_text(at, explained ? colours::text : colours::muted, fit(prediction.label, width - share_width - scaled(8)));
  draw_text({at.x + width - share_width, at.y}, explained ? colours::text : colours::muted, share);
  const float top = at.y + ImGui::GetTextLineHeight() + scaled(2), thick = scaled(3);
  const float filled = width * std::clamp(prediction.probability, 0.f, 1.f);
  draw->AddRectFilled({at.x, top}, {at.x + width, top + thick}, colours::track, thick / 2);
  if (filled >= 1) {
    draw->AddRectFilled({at.x, top}, {at.x + filled, top + thick}, explained ? colours::accent : colours::bar,
                        thick / 2);
  }
}

void draw_progress(ImVec2 at, float width, double share) {
  const float thick = scaled(4);
  const float filled = width * static_cast<float>(std::clamp(share, 0.02, 1.0));
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, {at.x + width, at.y + thick}, IM_COL32(0, 0, 0, 150), thick / 2);
  draw->AddRectFilled(at, {at.x + filled, at.y + thick}, colours::accent, thick / 2);
}

void draw_picture(ImVec2 from, ImVec2 to, std::uintptr_t texture) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (texture) {
    draw->AddImageRounded(texture_id(texture), from, to, {0, 0}, {1, 1}, IM_COL32_WHITE, scaled(4));
  } else {
    draw->AddRectFilled(from, to, colours::track, scaled(4));
  }
}

bool cross_button(const char* name, ImVec2 centre) {
  const float reach = scaled(10), arm = scaled(4);
  const ImVec2 back = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos({centre.x - reach, centre.y - reach});
  const bool pressed = ImGui::InvisibleButton(name, {2 * reach, 2 * reach});
  const bool hovered = ImGui::IsItemHovered();
  if (hovered) tooltip(name);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (hovered) draw->AddCircleFilled(centre, reach, IM_COL32(255, 255, 255, 28));
  const ImU32 colour = hovered ? colours::text : colours::muted;
  draw->AddLine({centre.x - arm, centre.y - arm}, {centre.x + arm, centre.y + arm}, colour, scaled(1.5f));
  draw->AddLine({centre.x - arm, centre.y + arm}, {centre.x + arm, centre.y - arm}, colour, scaled(1.5f));
  ImGui::SetCursorScreenPos(back);
  return pressed;
}

void flow(float width) {
  const float end = ImGui::GetItemRectMax().x + ImGui::GetStyle().ItemSpacing.x + width;
  const float limit = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x;
  if (end <= limit) ImGui::SameLine();
}

void label(const char* text) {
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("%s", text);
  ImGui::SameLine();
}

void tooltip(const char* text) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {scaled(10), scaled(8)});
  if (ImGui::BeginTooltip()) {
    ImGui::TextUnformatted(text);
    ImGui::EndTooltip();
  }
  ImGui::PopStyleVar();
}

void heading(const char* title) {
  ImGui::Spacing();
  ImGui::PushFont(font(Face::small));
  ImGui::TextDisabled("%s", title);
  ImGui::PopFont();
}

bool clicked_in_place() {
  const bool still = ImGui::GetIO().MouseDragMaxDistanceSqr[0] < scaled(6) * scaled(6);
  return ImGui::IsItemDeactivated() && ImGui::IsItemHovered() && still;
}

std::pair<Rect, Rect> halves(const Rect& whole, float gap) {
  if (whole.width() >= whole.height()) {
    const float middle = whole.from.x + (whole.width() - gap) / 2;
    return {{whole.from, {middle, whole.to.y}}, {{middle + gap, whole.from.y}, whole.to}};
  }
  const float middle = whole.from.y + (whole.height() - gap) / 2;
  return {{whole.from, {whole.to.x, middle}}, {{whole.from.x, middle + gap}, whole.to}};
}

Rect fit_rect(Rect to, double width, double height) {
  if (width <= 0 || height <= 0) return to;
  const double scale = std::min(to.width() / width, to.height() / height);
  const auto w = static_cast<float>(std::floor(width * scale)), h = static_cast<float>(std::floor(height * scale));
  const ImVec2 from{std::floor(to.from.x + (to.width() - w) / 2), std::floor(to.from.y + (to.height() - h) / 2)};
  return {from, {from.x + w, from.y + h}};
}

Rect box_rect(const Rect& drawn, double width, double height, const image::Box& box) {
  const double x = drawn.width() / width, y = drawn.height() / height;
  const auto at = [&](double px, double py) {
    return ImVec2{drawn.from.x + static_cast<float>(px * x), drawn.from.y + static_cast<float>(py * y)};
  };
  return {at(box.left, box.top), at(box.left + box.width, box.top + box.height)};
}

void dim_outside(const Rect& drawn, const Rect& box) {
  constexpr ImU32 shade = IM_COL32(0x12, 0x15, 0x1a, 165);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float top = std::clamp(box.from.y, drawn.from.y, drawn.to.y);
  const float bottom = std::clamp(box.to.y, drawn.from.y, drawn.to.y);
  draw->AddRectFilled(drawn.from, {drawn.to.x, top}, shade);
  draw->AddRectFilled({drawn.from.x, bottom}, drawn.to, shade);
  draw->AddRectFilled({drawn.from.x, top}, {std::max(drawn.from.x, box.from.x), bottom}, shade);
  draw->AddRectFilled({std::min(drawn.to.x, box.to.x), top}, {drawn.to.x, bottom}, shade);
}

}  // namespace effcam::ui
