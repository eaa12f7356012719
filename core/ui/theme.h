// Colours, fonts and measures, in one place.
#pragma once

#include <imgui.h>

namespace effcam::ui {

// Lengths are in logical pixels: ImGui's units times `style_scale()`.
enum class Face { regular, small, title };

// (Re)builds the style and the fonts. `content_scale`: physical pixels a logical one (1, 1.5, 2, …);
// `framebuffer_scale`: physical pixels one of ImGui's units (a browser and macOS count in logical pixels, Linux and
// Windows in physical ones). The renderer's font texture must be made again afterwards.
void apply_theme(float content_scale, float framebuffer_scale);
[[nodiscard]] float style_scale();
[[nodiscard]] inline float scaled(float length) { return length * style_scale(); }
[[nodiscard]] ImFont* font(Face face);

namespace colours {
inline constexpr ImU32 background = IM_COL32(0x12, 0x15, 0x1a, 255), panel = IM_COL32(0x1a, 0x1e, 0x25, 255),
                       card = IM_COL32(0x1f, 0x24, 0x2c, 255), line = IM_COL32(0x2e, 0x35, 0x40, 255),
                       text = IM_COL32(0xe4, 0xe8, 0xee, 255), muted = IM_COL32(0x97, 0xa1, 0xb0, 255),
                       accent = IM_COL32(0x5c, 0xa8, 0xe8, 255), track = IM_COL32(0x2b, 0x32, 0x3d, 255),
                       bar = IM_COL32(0x3f, 0x7f, 0xb8, 255), error = IM_COL32(0xee, 0x8b, 0x7c, 255),
                       box = IM_COL32(0xff, 0xff, 0xff, 200);
}  // namespace colours

}  // namespace effcam::ui
