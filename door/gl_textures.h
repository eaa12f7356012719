// The panels' textures in OpenGL (ES) 3.
#pragma once

#include "ui/textures.h"

namespace effcam::door {

// Needs a current context in every call.
class GlTextures final : public ui::TextureStore {
 public:
  [[nodiscard]] ui::TextureHandle create(int width, int height, std::span<const std::uint8_t> rgba) override;
  void update(ui::TextureHandle texture, int width, int height, std::span<const std::uint8_t> rgba) override;
  void destroy(ui::TextureHandle texture) override;
};

}  // namespace effcam::door
