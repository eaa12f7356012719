// A window with Dear ImGui in it: a GLFW window on the desktop, the page's canvas in the browser.
#pragma once

#include <memory>

#include "base/result.h"
#include "door/damage.h"
#include "door/gl_textures.h"
#include "ui/ui.h"

struct GLFWwindow;
struct ImDrawData;

namespace effcam::door {

class Surface {
 public:
  // One at a time. Logical pixels.
  [[nodiscard]] static Result<std::unique_ptr<Surface>> open(const char* title, int width, int height);
  ~Surface();
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;

  [[nodiscard]] GLFWwindow* window() const { return window_; }
  // Draws and shows one frame. The pixels' density is looked up each time: a window moves between screens.
  [[nodiscard]] ui::Wishes frame(ui::UiState& state, compare::Board& board);
  // How many frames were not the same as the one before.
  [[nodiscard]] std::uint64_t frames_shown() const { return frames_shown_; }

 private:
  explicit Surface(GLFWwindow* window) : window_(window) {}
  void follow_density();
  void show(ImDrawData& data);

  GLFWwindow* window_;
  GlTextures textures_;
  Damage damage_;  // of the page's canvas, which keeps its pixels; a window's buffers take turns
  std::uint64_t frames_shown_ = 0;
  float content_scale_ = 0, framebuffer_scale_ = 0;
};

}  // namespace effcam::door
