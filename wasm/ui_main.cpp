// The interface's half of the page's program: the board and Dear ImGui on the canvas. web/main.js calls it, on the
// page's own thread; what it cannot do itself it asks of Module.host.
#include <memory>
#include <string>

#include "compare/board.h"
#include "compare/wire.h"
#include "door/surface.h"
#include "ui/ui.h"
#include "wasm/bridge.h"
#include "wasm/mirror.h"

#include <GLFW/glfw3.h>
#include <imgui.h>

// clang-format off
EM_JS(void, host_send, (const std::uint8_t* bytes, std::size_t size), { Module['host']['send'](bytes, size); });
EM_JS(void, host_want_model, (std::uint32_t id, int gradients, int int8), {
  Module['host']['wantModel'](id, !!gradients, !!int8);
});
EM_JS(void, host_forget, (int is_model, std::uint32_t id), { Module['host']['forget'](!!is_model, id); });
EM_JS(void, host_pick, (int models), { Module['host']['pick'](!!models); });
EM_JS(void, host_add_from_catalogue, (std::size_t index), { Module['host']['addFromCatalogue'](index); });
EM_JS(void, host_save, (const char* name, const std::uint8_t* bytes, std::size_t size), {
  Module['host']['save'](name, bytes, size);
});
// clang-format on

namespace effcam::wasm {
namespace {

void send(compare::Command command) {
  if (const auto* picture = std::get_if<compare::RemovePicture>(&command)) host_forget(0, picture->picture);
  if (const auto* model = std::get_if<compare::RemoveModel>(&command)) host_forget(1, model->model);
  const auto bytes = compare::encode(command);
  host_send(bytes.data(), bytes.size());
}

struct Page {
  compare::Board board{send};
  ui::UiState ui;
  std::unique_ptr<door::Surface> surface;
  std::string answer;  // what the last call returned a pointer to
  int width = 0, height = 0;
  // What the mirror shows of the interface itself, and how often that has changed.
  std::optional<ui::CellRef> selected, enlarged;
  std::optional<compare::Id> compared;
  std::string notice;
  std::uint64_t changes = 0;
  Told told;

  Page() {
    board.on_model_wanted = [](const compare::ModelWanted& wanted) {
      host_want_model(wanted.model, wanted.gradients, wanted.precision == efficientnet::Precision::int8);
    };
  }

  void note_changes() {
    if (selected == ui.selected && enlarged == ui.enlarged && compared == ui.compared && notice == ui.notice) return;
    selected = ui.selected;
    enlarged = ui.enlarged;
    compared = ui.compared;
    notice = ui.notice;
    ++changes;
  }
};

// Lives as long as the page.
Page& page() {
  static Page instance;
  return instance;
}

void fulfil(const ui::Wishes& wishes) {
  if (wishes.pick_pictures) host_pick(0);
  if (wishes.pick_models) host_pick(1);
  if (wishes.catalogue) host_add_from_catalogue(*wishes.catalogue);
  if (wishes.save) host_save(wishes.save->name.c_str(), wishes.save->bytes.data(), wishes.save->bytes.size());
}

}  // namespace
}  // namespace effcam::wasm

using effcam::wasm::page;

// Null, or the reason why the page cannot be drawn. All that is not about drawing works before.
EFFCAM_EXPORT const char* effcam_ui_start(int width, int height) {
  auto surface = effcam::door::Surface::open("effcam", width, height);
  if (!surface) {
    page().answer = surface.error().message;
    return page().answer.c_str();
  }
  page().surface = std::move(*surface);
  return nullptr;
}

// Draws a frame of width × height CSS pixels. 1: another frame is worth drawing at once; 2: a text cursor blinks.
EFFCAM_EXPORT int effcam_ui_frame(int width, int height) {
  auto& p = page();
  if (width != p.width || height != p.height) {
    glfwSetWindowSize(p.surface->window(), width, height);
    p.width = width;
    p.height = height;
  }
  const effcam::ui::Wishes wishes = p.surface->frame(p.ui, p.board);
  effcam::wasm::fulfil(wishes);
  p.note_changes();
  return (wishes.again ? 1 : 0) | (wishes.editing ? 2 : 0);
}

EFFCAM_EXPORT void effcam_ui_event(const std::uint8_t* bytes, std::size_t size) {
  auto event = effcam::compare::decode_event(effcam::wasm::bytes_at(bytes, size));
  if (event) {
    page().board.apply(std::move(*event));
  } else {
    page().ui.notice = event.error().message;
  }
}

EFFCAM_EXPORT std::uint32_t effcam_ui_announce_picture(const char* name) { return page().board.announce_picture(name); }
EFFCAM_EXPORT std::uint32_t effcam_ui_announce_model(const char* name) { return page().board.announce_model(name); }
EFFCAM_EXPORT void effcam_ui_fail_picture(std::uint32_t id, const char* why) { page().board.fail_picture(id, why); }
EFFCAM_EXPORT void effcam_ui_fail_model(std::uint32_t id, const char* why) { page().board.fail_model(id, why); }

// The share of a model's file that has arrived.
EFFCAM_EXPORT void effcam_ui_arriving(std::uint32_t id, double share) {
  page().board.apply(effcam::compare::ModelProgress{id, share});
}

EFFCAM_EXPORT void effcam_ui_add_to_catalogue(const char* name, const char* detail) {
  page().ui.catalogue.push_back({name, detail});
}
EFFCAM_EXPORT void effcam_ui_mark_added(std::size_t index, int added) {
  if (index < page().ui.catalogue.size()) page().ui.catalogue[index].added = added != 0;
}

EFFCAM_EXPORT void effcam_ui_status(const char* status) { page().ui.status = status; }
EFFCAM_EXPORT void effcam_ui_notice(const char* notice) { page().ui.notice = notice; }

// Pasted text, for the field that has the keyboard.
EFFCAM_EXPORT void effcam_ui_text(const char* text) { ImGui::GetIO().AddInputCharactersUTF8(text); }
// A finger that drags, in CSS pixels.
EFFCAM_EXPORT void effcam_ui_scroll(double x, double y) {
  constexpr double kWheelStep = 75;  // about what ImGui scrolls by for one step
  ImGui::GetIO().AddMouseWheelEvent(static_cast<float>(x / kWheelStep), static_cast<float>(y / kWheelStep));
}

// How many frames changed what the canvas shows.
EFFCAM_EXPORT double effcam_ui_frames_shown() {
  return page().surface ? static_cast<double>(page().surface->frames_shown()) : 0;
}
EFFCAM_EXPORT double effcam_ui_version() { return static_cast<double>(page().board.version() + page().changes + page().ui.agreements.computed()); }
EFFCAM_EXPORT int effcam_ui_unfinished() { return page().board.unfinished(); }
EFFCAM_EXPORT const char* effcam_ui_mirror() {
  page().answer = effcam::wasm::mirror(page().board, page().ui, page().told);
  return page().answer.c_str();
}
EFFCAM_EXPORT const char* effcam_ui_controls() {
  page().answer = effcam::wasm::controls(page().ui);
  return page().answer.c_str();
}
// Enlarges a cell, or none (0, 0).
EFFCAM_EXPORT void effcam_ui_enlarge(std::uint32_t picture, std::uint32_t model) {
  if (picture == 0) return page().ui.enlarged.reset();
  page().ui.selected = page().ui.enlarged = effcam::ui::CellRef{picture, model};
}
