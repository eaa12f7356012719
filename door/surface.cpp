#include "door/surface.h"

#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

#ifdef __EMSCRIPTEN__
#include <emscripten/html5.h>
#endif

#include "door/draw_data.h"
#include "door/gl.h"
#include "ui/theme.h"

namespace effcam::door {
namespace {

#ifdef __EMSCRIPTEN__
constexpr const char* kShaders = "#version 300 es";
#elif defined(__APPLE__)
constexpr const char* kShaders = "#version 150";
#else
constexpr const char* kShaders = "#version 130";
#endif

#ifdef __EMSCRIPTEN__
// A wheel's steps for ImGui, from pixels, lines or pages.
EM_BOOL on_wheel(int, const EmscriptenWheelEvent* event, void*) {
  const double step = event->deltaMode == DOM_DELTA_PIXEL ? 1.0 / 100 : event->deltaMode == DOM_DELTA_LINE ? 1.0 / 3 : 80;
  ImGui::GetIO().AddMouseWheelEvent(static_cast<float>(-event->deltaX * step), static_cast<float>(-event->deltaY * step));
  return EM_TRUE;
}

// ImGui's back end listens on the document, where browsers let no listener keep the page from scrolling.
void listen_to_wheel() {
  emscripten_set_wheel_callback(EMSCRIPTEN_EVENT_TARGET_DOCUMENT, nullptr, false, nullptr);
  emscripten_set_wheel_callback("#canvas", nullptr, false, on_wheel);
}
#endif

void set_hints() {
#ifdef __EMSCRIPTEN__
  glfwWindowHint(GLFW_CLIENT_API, GLFW_OPENGL_ES_API);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
#else
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
#ifdef __APPLE__
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
#else
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
#endif
#endif
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
}

void clear(const std::vector<PixelBox>& boxes, int height) {
  glClearColor(0x12 / 255.f, 0x15 / 255.f, 0x1a / 255.f, 1);
  glEnable(GL_SCISSOR_TEST);
  for (const PixelBox& box : boxes) {
    glScissor(box.left, height - box.bottom, box.right - box.left, box.bottom - box.top);
    glClear(GL_COLOR_BUFFER_BIT);
  }
  glDisable(GL_SCISSOR_TEST);
}

}  // namespace

Result<std::unique_ptr<Surface>> Surface::open(const char* title, int width, int height) {
  if (!glfwInit()) return fail("no window can be opened: GLFW found no display");
  set_hints();
  GLFWwindow* window = glfwCreateWindow(width, height, title, nullptr, nullptr);
  if (!window) {
    glfwTerminate();
    return fail("no window can be opened: OpenGL 3 is missing");
  }
  glfwMakeContextCurrent(window);
#ifndef __EMSCRIPTEN__
  glfwSwapInterval(1);
#endif
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui_ImplGlfw_InitForOpenGL(window, true);
#ifdef __EMSCRIPTEN__
  listen_to_wheel();
#endif
  ImGui_ImplOpenGL3_Init(kShaders);
  return std::unique_ptr<Surface>(new Surface(window));
}

Surface::~Surface() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void Surface::follow_density() {
  float content = 1, unused = 1;
  glfwGetWindowContentScale(window_, &content, &unused);
  int window_width = 0, framebuffer_width = 0;
  glfwGetWindowSize(window_, &window_width, nullptr);
  glfwGetFramebufferSize(window_, &framebuffer_width, nullptr);
  if (window_width <= 0 || framebuffer_width <= 0) return;  // minimised
  // Rounded: the sizes are whole numbers, their ratio is not exactly the scale.
  const float ratio = static_cast<float>(framebuffer_width) / static_cast<float>(window_width);
  const float framebuffer = ratio > 1.01f ? content : 1;
  if (content == content_scale_ && framebuffer == framebuffer_scale_) return;
  content_scale_ = content;
  framebuffer_scale_ = framebuffer;
  ui::apply_theme(content, framebuffer);
  ImGui_ImplOpenGL3_DestroyFontsTexture();  // NewFrame does not notice a new atlas by itself
  ImGui_ImplOpenGL3_CreateFontsTexture();
  damage_.forget();
}

ui::Wishes Surface::frame(ui::UiState& state, compare::Board& board) {
  ImGui_ImplOpenGL3_NewFrame();
  follow_density();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
  ui::Wishes wishes = ui::draw(state, board, textures_);
  ImGui::Render();
  show(*ImGui::GetDrawData());
  return wishes;
}

void Surface::show(ImDrawData& data) {
  int width = 0, height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
#ifdef __EMSCRIPTEN__
  damage_.begin(width, height);
  describe(data, textures_, damage_);
  const std::vector<PixelBox> boxes = damage_.end();
  if (boxes.empty()) return;
  restrict_to(data, boxes);
#else
  const std::vector<PixelBox> boxes{{0, 0, width, height}};
#endif
  ++frames_shown_;
  glViewport(0, 0, width, height);
  clear(boxes, height);
  ImGui_ImplOpenGL3_RenderDrawData(&data);
#ifndef __EMSCRIPTEN__
  glfwSwapBuffers(window_);
#endif
}

}  // namespace effcam::door
