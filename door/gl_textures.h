// The panels' textures in OpenGL (ES) 3.
#pragma once

#include <map>

#include "ui/textures.h"

namespace effcam::door {

// Needs a current context in every call.
class GlTextures final : public ui::TextureStore {
 public:
  [[nodiscard]] ui::TextureHandle create(int width, int height, std::span<const std::uint8_t> rgba) override;
  void update(ui::TextureHandle texture, int width, int height, std::span<const std::uint8_t> rgba) override;
  void destroy(ui::TextureHandle texture) override;
  // Another one whenever the texture's pixels are others; 0 for a texture that is none of these.
  [[nodiscard]] std::uint64_t version(ui::TextureHandle texture) const;

 private:
  std::map<ui::TextureHandle, std::uint64_t> versions_;
  std::uint64_t last_version_ = 0;
};

}  // namespace effcam::door
