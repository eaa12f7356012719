// Times the forward pass and the Grad-CAM map of one model, for web/bench.html.
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/stopwatch.h"
#include "cam/cam.h"
#include "door/profile_json.h"
#include "model/model.h"
#include "nn/thread_pool.h"
#include "nn/xnnpack/weights.h"
#include "wasm/bridge.h"
#include "wasm/page_file.h"

namespace effcam::wasm {
namespace {

using nlohmann::json;
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

constexpr efficientnet::Layer kHead{efficientnet::Layer::Kind::head, 0};

Status plan() {
  Bench& b = bench();
  const int size = b.model->description.preprocessing.size;
  return b.model->network.plan(1, size, size, {.layers = {kHead}, .targets = 1}, *b.pool);
}

Status prepare(const PageFile& file, int threads, const model::Options& options) {
  Bench& b = bench();
  b.pool = std::make_unique<nn::ThreadPool>(threads);
  EFFCAM_TRY(b.model, model::load(file, options));
  const int size = b.model->description.preprocessing.size;
  b.input.assign(static_cast<std::size_t>(size) * size * 3, 0.5f);
  return plan();
}

}  // namespace
}  // namespace effcam::wasm

// `file`: a handle of web/program.js's keepFile; `side` of the input, 0 for the model's own; `int8`: in that precision;
// `plain`: with nothing fused. {loadMs, precision, operators, size, classes, multiplyAdds, activationBytes, weightBytes} or {error}.
EFFCAM_EXPORT const char* effcam_bench_load(int file, double size, int threads, int side, int int8,
                                              int plain) {
  using namespace effcam::wasm;
  const effcam::Stopwatch watch;
  const effcam::model::Options options{.precision = effcam::efficientnet::precision_of(int8 != 0),
                                       .operators = effcam::efficientnet::operators_of(plain != 0),
                                       .size = side};
  const PageFile source(file, static_cast<std::uint64_t>(size));
  if (auto ready = prepare(source, threads, options); !ready) return answer({{"error", ready.error().message}});
  const auto& model = *bench().model;
  return answer({{"loadMs", watch.milliseconds()},
                 {"precision", precision_name(model.network.config().precision)},
                 {"operators", operators_name(model.network.config().operators)},
                 {"size", model.description.preprocessing.size},
                 {"classes", model.description.classes},
                 {"multiplyAdds", model.description.multiply_adds()},
                 {"activationBytes", model.network.activation_bytes()},
                 {"weightBytes", model.network.weight_bytes()},
                 {"operatorBytes", effcam::nn::xnnpack::operator_bytes()}});
}

// Where the input lies: size × size × 3 floats, NHWC, normalised.
EFFCAM_EXPORT float* effcam_bench_input() { return effcam::wasm::bench().input.data(); }

// One forward pass: {ms, logits} or {error}.
EFFCAM_EXPORT const char* effcam_bench_run() {
  using namespace effcam::wasm;
  Bench& b = bench();
  // As the engine does before each: the operators may be planned anew.
  if (auto planned = plan(); !planned) return answer({{"error", planned.error().message}});
  const effcam::Stopwatch watch;
  b.model->network.forward(b.input, *b.pool);
  const double ms = watch.milliseconds();
  const auto logits = b.model->network.logits();
  return answer({{"ms", ms}, {"logits", std::vector<float>(logits.begin(), logits.end())}});
}

// After a forward pass, Grad-CAM at the head's features for a class (−1: the best): {ms, target, height, width, values}
// or {error}.
EFFCAM_EXPORT const char* effcam_bench_map(int target) {
  using namespace effcam;
  wasm::Bench& b = wasm::bench();
  efficientnet::Network& network = b.model->network;
  const Stopwatch watch;
  if (target < 0) target = model::top(network.logits(), 1).front().index;
  std::vector<float> seed(network.logits().size());
  seed[static_cast<std::size_t>(target)] = 1;
  network.backward(seed, *b.pool);
  const auto [height, width, channels] = network.shape(wasm::kHead);
  const cam::HeatMap map = cam::heat_map(cam::Method::grad_cam, {height, width, channels, network.activation(wasm::kHead)},
                                         {height, width, channels, network.gradient(wasm::kHead)});
  return wasm::answer({{"ms", watch.milliseconds()},
                       {"target", target},
                       {"height", height},
                       {"width", width},
                       {"values", map.values}});
}

// What the arithmetic of the model's threads could do: {kernels, threads, gflops, one_thread_gflops}.
EFFCAM_EXPORT const char* effcam_bench_peak() {
  using namespace effcam;
  return wasm::answer(json_of(nn::measure_peak(*wasm::bench().pool)));
}

// Forward passes by operator: {total, kinds, stages, operators}. `peak`: of the model's threads, GFLOP/s.
EFFCAM_EXPORT const char* effcam_bench_profile(int passes, double peak) {
  using namespace effcam;
  wasm::Bench& b = wasm::bench();
  return wasm::answer(json_of(b.model->network.profile(b.input, *b.pool, passes), peak));
}
