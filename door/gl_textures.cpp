#include "door/gl_textures.h"

#include "door/gl.h"

namespace effcam::door {
namespace {

// Cells are usually smaller than what the network saw: without mip maps the picture would shimmer.
void generate_mip_maps() {
#ifdef __EMSCRIPTEN__
  glGenerateMipmap(GL_TEXTURE_2D);
#else
  // Newer than the OpenGL that a system's library exports.
  using Function = void (*)(GLenum);
  static const auto function = reinterpret_cast<Function>(glfwGetProcAddress("glGenerateMipmap"));
  if (function) function(GL_TEXTURE_2D);
#endif
}

}  // namespace

ui::TextureHandle GlTextures::create(int width, int height, std::span<const std::uint8_t> rgba) {
  GLuint texture = 0;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  constexpr GLint kClampToEdge = 0x812f;  // missing in the headers of OpenGL 1.1
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, kClampToEdge);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, kClampToEdge);
  update(texture, width, height, rgba);
  return texture;
}

void GlTextures::update(ui::TextureHandle texture, int width, int height, std::span<const std::uint8_t> rgba) {
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture));
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
  generate_mip_maps();
  versions_[texture] = ++last_version_;
}

std::uint64_t GlTextures::version(ui::TextureHandle texture) const {
  const auto found = versions_.find(texture);
  return found == versions_.end() ? 0 : found->second;
}

void GlTextures::destroy(ui::TextureHandle texture) {
  const auto name = static_cast<GLuint>(texture);
  glDeleteTextures(1, &name);
  versions_.erase(texture);
}

}  // namespace effcam::door
