// effcam-window: the page's interface on the desktop. Files come by drag and drop or on the command line.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "background.h"
#include "base/text.h"
#include "door/surface.h"
#include "files.h"

namespace effcam::native {
namespace {

// ImGui needs a few frames after an input; without one nothing is drawn.
constexpr int kFramesAfterInput = 8;
constexpr double kBlink = 0.25;  // seconds between frames while a text cursor blinks

bool is_model(const std::filesystem::path& path) { return path.extension() == ".safetensors"; }

class Application {
 public:
  explicit Application(std::unique_ptr<door::Surface> surface)
      : surface_(std::move(surface)),
        engine_(nn::hardware_threads(), glfwPostEmptyEvent),
        board_([this](compare::Command command) { send(std::move(command)); }) {
    board_.on_model_wanted = [this](const compare::ModelWanted& wanted) { send_again(wanted); };
    ui_.status = text(nn::hardware_threads(), " threads · native");
    glfwSetWindowUserPointer(surface_->window(), this);
    glfwSetDropCallback(surface_->window(), [](GLFWwindow* window, int count, const char** paths) {
      auto* self = static_cast<Application*>(glfwGetWindowUserPointer(window));
      for (int i = 0; i < count; ++i) self->add(paths[i]);
    });
  }

  void add(const std::filesystem::path& path) {
    auto bytes = read_file(path);
    const std::string name = is_model(path) ? path.stem().string() : path.filename().string();
    if (is_model(path)) {
      const compare::Id id = bytes ? board_.add_model(name, std::move(*bytes)) : board_.announce_model(name);
      if (!bytes) board_.fail_model(id, bytes.error().message);
      model_files_[id] = path;
    } else {
      const compare::Id id = bytes ? board_.add_picture(name, std::move(*bytes)) : board_.announce_picture(name);
      if (!bytes) board_.fail_picture(id, bytes.error().message);
    }
    frames_ = kFramesAfterInput;
  }

  void add_default_model() {
    if (const auto path = find_model("default")) add(*path);
  }

  void run() {
    while (!glfwWindowShouldClose(surface_->window())) {
      if (!wait()) continue;
      for (compare::Event& event : engine_.take()) board_.apply(std::move(event));
      const ui::Wishes wishes = surface_->frame(ui_, board_);
      fulfil(wishes);
      frames_ = wishes.again ? std::max(frames_, 1) : frames_ - 1;
      editing_ = wishes.editing;
    }
  }

 private:
  // True when a frame is to be drawn.
  bool wait() {
    if (frames_ > 0) {
      glfwPollEvents();
      return true;
    }
    // Returns at any input, at an event of the engine, or when the cursor blinks.
    const double before = glfwGetTime();
    if (editing_) {
      glfwWaitEventsTimeout(kBlink);
    } else {
      glfwWaitEvents();
    }
    const bool blinked = editing_ && glfwGetTime() - before >= kBlink;
    frames_ = blinked ? 1 : kFramesAfterInput;
    return !glfwWindowShouldClose(surface_->window());
  }

  void send(compare::Command command) {
    if (const auto* gone = std::get_if<compare::RemoveModel>(&command)) model_files_.erase(gone->model);
    engine_.send(std::move(command));
  }

  void send_again(const compare::ModelWanted& wanted) {
    const std::filesystem::path path = model_files_[wanted.model];
    auto bytes = read_file(path);
    if (!bytes) return board_.fail_model(wanted.model, bytes.error().message);
    const model::Options options{.gradients = wanted.gradients, .precision = wanted.precision};
    engine_.send(compare::AddModel{wanted.model, path.stem().string(), std::move(*bytes), options});
  }

  void fulfil(const ui::Wishes& wishes) {
    if (wishes.pick_pictures || wishes.pick_models) {
      ui_.notice = "Drop files onto this window, or name them on the command line.";
    }
    if (wishes.save) {
      const Status saved = write_file(wishes.save->name, wishes.save->bytes);
      ui_.notice = saved ? text("Saved as ", wishes.save->name) : saved.error().message;
    }
  }

  std::unique_ptr<door::Surface> surface_;
  Background engine_;
  compare::Board board_;
  ui::UiState ui_;
  std::map<compare::Id, std::filesystem::path> model_files_;
  int frames_ = kFramesAfterInput;
  bool editing_ = false;
};

int run(int count, char** arguments) {
  constexpr const char* kHelp =
      "effcam-window [FILE...]\n\n"
      "Shows photographs (JPEG, PNG) by models (.safetensors) in a window, with the maps of what decided them.\n"
      "Without a model among the files, the default one is taken. More files are dropped onto the window.\n";
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--help" || argument == "-h") return std::fputs(kHelp, stdout) < 0;
  }
  auto surface = door::Surface::open("effcam", 1280, 800);
  if (!surface) {
    std::fprintf(stderr, "effcam-window: %s\n", surface.error().message.c_str());
    return 1;
  }
  Application application(std::move(*surface));
  bool has_model = false;
  for (int i = 1; i < count; ++i) {
    application.add(arguments[i]);
    has_model |= is_model(arguments[i]);
  }
  if (!has_model) application.add_default_model();
  application.run();
  return 0;
}

}  // namespace
}  // namespace effcam::native

int main(int count, char** arguments) { return effcam::native::run(count, arguments); }
