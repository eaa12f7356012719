// Times the forward pass of one model, for web/bench.html.
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/model.h"
#include "nn/thread_pool.h"
#include "wasm/bridge.h"

namespace effcam::wasm {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Bench {
  std::unique_ptr<model::Model> model;
  std::unique_ptr<nn::ThreadPool> pool;
  std::vector<float> input;
  std::string answer;
};

Bench& bench() {
  static Bench instance;
  return instance;
}

const char* answer(const json& value) {
  bench().answer = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return bench().answer.c_str();
}

Status prepare(std::span<const std::uint8_t> bytes, int threads) {
  Bench& b = bench();
  b.pool = std::make_unique<nn::ThreadPool>(threads);
  EFFCAM_TRY(b.model, model::load(bytes, {}));
  const int size = b.model->description.preprocessing.size;
  b.input.assign(static_cast<std::size_t>(size) * size * 3, 0.5f);
  return b.model->network.plan(1, size, size, {}, *b.pool);
}

}  // namespace
}  // namespace effcam::wasm

// {loadMs, size, classes, activationBytes, weightBytes} or {error}.
EFFCAM_EXPORT const char* effcam_bench_load(const std::uint8_t* bytes, std::size_t size, int threads) {
  using namespace effcam::wasm;
  const auto start = Clock::now();
  if (auto ready = prepare({bytes, size}, threads); !ready) return answer({{"error", ready.error().message}});
  const auto& model = *bench().model;
  return answer({{"loadMs", milliseconds_since(start)},
                 {"size", model.description.preprocessing.size},
                 {"classes", model.description.classes},
                 {"activationBytes", model.network.activation_bytes()},
                 {"weightBytes", model.network.weight_bytes()}});
}

// Where the input lies: size × size × 3 floats, NHWC, normalised.
EFFCAM_EXPORT float* effcam_bench_input() { return effcam::wasm::bench().input.data(); }

// One forward pass: {ms, logits} or {error}.
EFFCAM_EXPORT const char* effcam_bench_run() {
  using namespace effcam::wasm;
  Bench& b = bench();
  const auto start = Clock::now();
  if (auto done = b.model->network.forward(b.input, *b.pool); !done) return answer({{"error", done.error().message}});
  const double ms = milliseconds_since(start);
  const auto logits = b.model->network.logits();
  return answer({{"ms", ms}, {"logits", std::vector<float>(logits.begin(), logits.end())}});
}
