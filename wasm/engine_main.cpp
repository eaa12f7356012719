// The engine's half of the page's program: web/engine.js calls it in a worker. Events leave by Module.post.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "compare/engine.h"
#include "compare/wire.h"
#include "wasm/bridge.h"
#include "wasm/page_file.h"

EM_JS(void, post_event, (const std::uint8_t* bytes, std::size_t size), { Module['post'](bytes, size); });

namespace effcam::wasm {
namespace {

struct Engine {
  std::unique_ptr<compare::Worker> worker;
  std::vector<std::uint8_t> incoming;  // the file that JavaScript is about to name
};

Engine& engine() {
  static Engine instance;
  return instance;
}

// A model's progress that the next event already overtakes: all of a model is packed in one step.
bool is_old(const compare::Event& event, const compare::Event& next) {
  const auto* progress = std::get_if<compare::ModelProgress>(&event);
  const auto* later = std::get_if<compare::ModelProgress>(&next);
  const auto* ready = std::get_if<compare::ModelReady>(&next);
  return progress && ((later && later->model == progress->model) || (ready && ready->model == progress->model));
}

void post(const std::vector<compare::Event>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + 1 < events.size() && is_old(events[i], events[i + 1])) continue;
    const auto bytes = compare::encode(events[i]);
    post_event(bytes.data(), bytes.size());
  }
}

}  // namespace
}  // namespace effcam::wasm

using effcam::wasm::engine;

EFFCAM_EXPORT void effcam_engine_start(int threads) {
  engine().worker = std::make_unique<effcam::compare::Worker>(threads);
}

EFFCAM_EXPORT void effcam_engine_command(const std::uint8_t* bytes, std::size_t size) {
  auto command = effcam::compare::decode_command(effcam::wasm::bytes_at(bytes, size));
  if (command) engine().worker->handle(std::move(*command));
}

// Room for a picture's file: its bytes are written there, and the next effcam_engine_add_picture takes them.
EFFCAM_EXPORT std::uint8_t* effcam_engine_reserve(std::size_t size) {
  engine().incoming.resize(size);
  return engine().incoming.data();
}

EFFCAM_EXPORT void effcam_engine_add_picture(std::uint32_t id, const char* name) {
  engine().worker->handle(effcam::compare::AddPicture{id, name, std::move(engine().incoming)});
  engine().incoming = {};
}

// `file`: a handle of web/program.js's keepFile.
EFFCAM_EXPORT void effcam_engine_add_model(std::uint32_t id, const char* name, int file, double size, int gradients,
                                           int int8) {
  effcam::model::Options options;
  options.gradients = gradients != 0;
  options.precision = effcam::efficientnet::precision_of(int8 != 0);
  auto source = std::make_shared<effcam::wasm::PageFile>(file, static_cast<std::uint64_t>(size));
  engine().worker->handle(effcam::compare::AddModel{id, name, {}, options, std::move(source)});
}

// Works for about `milliseconds`, at least one step; 0 when nothing is left to do.
EFFCAM_EXPORT int effcam_engine_step(double milliseconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(milliseconds);
  std::vector<effcam::compare::Event> events;
  bool more = true;
  while (more && Clock::now() < end) more = engine().worker->step(events);
  effcam::wasm::post(events);
  return more ? 1 : 0;
}
