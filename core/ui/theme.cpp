#include "ui/theme.h"

extern "C" {
extern const unsigned char effcam_font_regular[];
extern const unsigned long effcam_font_regular_size;
extern const unsigned char effcam_font_medium[];
extern const unsigned long effcam_font_medium_size;
}

namespace effcam::ui {
namespace {

float current_scale = 1;

// What the subset in assets/fonts holds.
constexpr ImWchar kGlyphs[] = {0x20,   0x17f,  0x2010, 0x2027, 0x2030, 0x2033, 0x2039, 0x203a,
                               0x20ac, 0x20ac, 0x2122, 0x2122, 0x2212, 0x2212, 0x2248, 0x2265, 0};

void add_font(const unsigned char* bytes, unsigned long size, float pixels) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 2;
  ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(bytes), static_cast<int>(size), pixels,
                                             &config, kGlyphs);
}

ImVec4 colour(ImU32 packed, float alpha = 1) {
  ImVec4 value = ImGui::ColorConvertU32ToFloat4(packed);
  value.w *= alpha;
  return value;
}

void set_colours(ImGuiStyle& style) {
  ImGui::StyleColorsDark(&style);
  ImVec4* c = style.Colors;
  c[ImGuiCol_WindowBg] = colour(colours::background);
  c[ImGuiCol_ChildBg] = colour(colours::background, 0);
  c[ImGuiCol_PopupBg] = colour(colours::panel);
  c[ImGuiCol_Border] = c[ImGuiCol_TableBorderLight] = c[ImGuiCol_TableBorderStrong] = colour(colours::line);
  c[ImGuiCol_Text] = colour(colours::text);
  c[ImGuiCol_TextDisabled] = colour(colours::muted);
  c[ImGuiCol_FrameBg] = c[ImGuiCol_Button] = colour(IM_COL32(0x2a, 0x31, 0x3c, 255));
  c[ImGuiCol_FrameBgHovered] = c[ImGuiCol_ButtonHovered] = colour(IM_COL32(0x35, 0x3e, 0x4b, 255));
  c[ImGuiCol_FrameBgActive] = c[ImGuiCol_ButtonActive] = colour(IM_COL32(0x3d, 0x48, 0x57, 255));
  c[ImGuiCol_CheckMark] = colour(colours::accent);
  c[ImGuiCol_SliderGrab] = colour(colours::bar, 0.6f);
  c[ImGuiCol_SliderGrabActive] = colour(colours::bar, 0.9f);
  c[ImGuiCol_Header] = colour(IM_COL32(0x2f, 0x4a, 0x66, 255));
  c[ImGuiCol_HeaderHovered] = c[ImGuiCol_HeaderActive] = colour(IM_COL32(0x37, 0x55, 0x74, 255));
  c[ImGuiCol_TableHeaderBg] = colour(colours::background);
  c[ImGuiCol_ScrollbarBg] = colour(colours::background, 0);
  c[ImGuiCol_ScrollbarGrab] = colour(IM_COL32(0x3a, 0x43, 0x50, 255));
  c[ImGuiCol_ModalWindowDimBg] = ImVec4(0.02f, 0.03f, 0.04f, 0.72f);
  c[ImGuiCol_TextSelectedBg] = colour(colours::accent, 0.4f);
}

void set_measures(ImGuiStyle& style) {
  style.WindowPadding = {16, 14};
  style.FramePadding = {10, 6};
  style.ItemSpacing = {10, 8};
  style.ItemInnerSpacing = {8, 6};
  style.CellPadding = {6, 6};
  style.WindowRounding = style.PopupRounding = 8;
  style.FrameRounding = style.GrabRounding = 5;
  style.ChildRounding = 6;
  style.ScrollbarSize = 12;
  style.WindowBorderSize = 0;
  style.FrameBorderSize = 0;
  style.GrabMinSize = 12;
}

}  // namespace

void apply_theme(float content_scale, float framebuffer_scale) {
  current_scale = content_scale / framebuffer_scale;
  ImGuiStyle style;
  set_colours(style);
  set_measures(style);
  style.ScaleAllSizes(current_scale);
  ImGui::GetStyle() = style;

  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  io.FontGlobalScale = 1 / framebuffer_scale;
  add_font(effcam_font_regular, effcam_font_regular_size, 15 * content_scale);  // in the order of Face
  add_font(effcam_font_regular, effcam_font_regular_size, 13 * content_scale);
  add_font(effcam_font_medium, effcam_font_medium_size, 16 * content_scale);
}

float style_scale() { return current_scale; }

ImFont* font(Face face) { return ImGui::GetIO().Fonts->Fonts[static_cast<int>(face)]; }

}  // namespace effcam::ui
