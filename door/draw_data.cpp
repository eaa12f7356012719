#include "door/draw_data.h"

#include <imgui.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace effcam::door {
namespace {

constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0xff51afd7ed558ccdu;
  return hash ^ (hash >> 32);
}

std::uint64_t bits(ImVec2 pair) { return std::bit_cast<std::uint64_t>(pair); }

int height_of(const ImDrawData& data) { return static_cast<int>(data.DisplaySize.y * data.FramebufferScale.y); }

// The scissor box that ImGui's back end makes of a clip rectangle, rounded as it rounds.
PixelBox scissor_of(const ImDrawData& data, const ImVec4& clip) {
  const ImVec2 scale = data.FramebufferScale;
  const float left = (clip.x - data.DisplayPos.x) * scale.x, top = (clip.y - data.DisplayPos.y) * scale.y;
  const float right = (clip.z - data.DisplayPos.x) * scale.x, bottom = (clip.w - data.DisplayPos.y) * scale.y;
  if (right <= left || bottom <= top) return {};
  const int height = height_of(data);
  const int x = static_cast<int>(left), from_below = static_cast<int>(static_cast<float>(height) - bottom);
  const int high = static_cast<int>(bottom - top);
  return {x, height - from_below - high, x + static_cast<int>(right - left), height - from_below};
}

// The clip rectangle of which the back end makes this scissor box. It cuts fractions off, of positions and of lengths: so
// each edge lies inside its pixel, away from where an error of rounding would count.
ImVec4 clip_of(const ImDrawData& data, const PixelBox& box) {
  const ImVec2 scale = data.FramebufferScale;
  const auto x = [&](float pixels) { return pixels / scale.x + data.DisplayPos.x; };
  const auto y = [&](float pixels) { return pixels / scale.y + data.DisplayPos.y; };
  return {x(static_cast<float>(box.left) + 0.25f), y(static_cast<float>(box.top) - 0.5f),
          x(static_cast<float>(box.right) + 0.5f), y(static_cast<float>(box.bottom) - 0.25f)};
}

struct Triangle {
  const ImDrawVert &a, &b, &c;
};

std::uint64_t hash_of(const Triangle& triangle, std::uint64_t hash) {
  for (const ImDrawVert* vertex : {&triangle.a, &triangle.b, &triangle.c})
    hash = mixed(mixed(mixed(hash, bits(vertex->pos)), bits(vertex->uv)), vertex->col);
  return hash;
}

PixelBox box_of(const ImDrawData& data, const Triangle& triangle) {
  const auto [left, right] = std::minmax({triangle.a.pos.x, triangle.b.pos.x, triangle.c.pos.x});
  const auto [top, bottom] = std::minmax({triangle.a.pos.y, triangle.b.pos.y, triangle.c.pos.y});
  const ImVec2 scale = data.FramebufferScale, from = data.DisplayPos;
  return {static_cast<int>(std::floor((left - from.x) * scale.x)), static_cast<int>(std::floor((top - from.y) * scale.y)),
          static_cast<int>(std::ceil((right - from.x) * scale.x)), static_cast<int>(std::ceil((bottom - from.y) * scale.y))};
}

// Its texture as it is now, and its clipping.
std::uint64_t hash_of(const ImDrawCmd& command, const PixelBox& clip, const GlTextures& textures) {
  const auto handle = reinterpret_cast<ui::TextureHandle>(command.GetTexID());
  const auto pair = [](int a, int b) { return static_cast<std::uint64_t>(a) << 32 | static_cast<std::uint32_t>(b); };
  return mixed(mixed(mixed(mixed(1, handle), textures.version(handle)), pair(clip.left, clip.top)),
               pair(clip.right, clip.bottom));
}

void describe(const ImDrawData& data, const ImDrawList& list, const ImDrawCmd& command, const GlTextures& textures,
              Damage& damage) {
  const PixelBox clip = scissor_of(data, command.ClipRect);
  if (clip.empty()) return;
  const std::uint64_t hash = hash_of(command, clip, textures);
  const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
  const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset;
  for (const ImDrawIdx* end = index + command.ElemCount; index < end; index += 3) {
    const Triangle triangle{vertices[index[0]], vertices[index[1]], vertices[index[2]]};
    damage.add(intersection(box_of(data, triangle), clip), hash_of(triangle, hash));
  }
}

}  // namespace

void describe(const ImDrawData& data, const GlTextures& textures, Damage& damage) {
  for (const ImDrawList* list : data.CmdLists)
    for (const ImDrawCmd& command : list->CmdBuffer) describe(data, *list, command, textures, damage);
}

void restrict_to(ImDrawData& data, const std::vector<PixelBox>& boxes) {
  ImVector<ImDrawCmd> kept;
  for (ImDrawList* list : data.CmdLists) {
    kept.resize(0);
    for (const ImDrawCmd& command : list->CmdBuffer) {
      const PixelBox clip = scissor_of(data, command.ClipRect);
      for (const PixelBox& box : boxes) {
        const PixelBox part = intersection(clip, box);
        if (part.empty()) continue;
        kept.push_back(command);
        kept.back().ClipRect = clip_of(data, part);
      }
    }
    list->CmdBuffer = kept;
  }
}

}  // namespace effcam::door
