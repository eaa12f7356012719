// Dear ImGui's frame as shapes, and as the part of it that touches some boxes of pixels.
#pragma once

#include <vector>

#include "door/damage.h"
#include "door/gl_textures.h"

struct ImDrawData;

namespace effcam::door {

// Tells `damage` every triangle.
void describe(const ImDrawData& data, const GlTextures& textures, Damage& damage);
// Leaves nothing that would draw outside of `boxes`, which do not overlap.
void restrict_to(ImDrawData& data, const std::vector<PixelBox>& boxes);

}  // namespace effcam::door
