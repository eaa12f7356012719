#include <cstdio>

#include "commands.h"
#include "compare/field.h"
#include "files.h"
#include "nn/peak.h"
#include "nn/xnnpack/weights.h"
#include "timing.h"

namespace effcam::native {

namespace {

[[nodiscard]] Status bench_one(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool) {
  double load = 0;
  EFFCAM_TRY(const std::unique_ptr<model::Model> loaded, load_model(name, options.model.options(false), &load));
  model::Model& model = *loaded;
  efficientnet::Network& network = model.network;

  const int size = model.description.preprocessing.size;
  const std::vector<float> input = some_input(size);
  const efficientnet::Layer head{};
  EFFCAM_RETURN_IF_ERROR(network.plan(1, size, size, {.layers = {head}, .targets = 1}, pool));
  network.forward(input, pool);  // warm

  std::vector<float> seed(network.logits().size());
  std::vector<double> forward, map;
  for (int i = 0; i < options.runs; ++i) {
    forward.push_back(milliseconds([&] { network.forward(input, pool); }));
    map.push_back(milliseconds([&] {
      seed.assign(seed.size(), 0.0f);
      seed[model::top(network.logits(), 1).front().index] = 1.0f;
      network.backward(seed, pool);
      (void)compare::map_of(network, cam::Method::grad_cam, head, cam::Sign::non_negative);
    }));
  }
  const efficientnet::Cost best{"", model.description.multiply_adds(), std::ranges::min(forward)};
  const double ms = median(forward), peak = nn::peak_gflops(pool);
  const bool plain = network.config().operators == efficientnet::Operators::xnnpack;
  std::printf("%-20s %s%s %4d px %2d threads  forward %8.2f ms (least %8.2f, %6.1f GFLOP/s, %2.0f %% of the peak)  "
              "map %6.3f ms (%4.1f %%)  load %7.1f ms  weights %6.1f MiB  activations %6.1f MiB  "
              "XNNPACK's operators %4.1f MiB\n",
              std::string(model.description.variant->name).c_str(),
              std::string(precision_name(network.config().precision)).c_str(), plain ? ", nothing fused," : "", size,
              pool.threads(), ms,
              best.milliseconds, best.gflops(), 100 * best.gflops() / peak, median(map), 100 * median(map) / ms, load,
              mebibytes(network.weight_bytes()), mebibytes(network.activation_bytes()),
              mebibytes(nn::xnnpack::operator_bytes()));
  if (options.profile.empty()) return {};
  print_profile(network.profile(input, pool, options.runs), options.profile == "operators", peak);
  return {};
}

}  // namespace

int bench(const BenchOptions& options) {
  nn::ThreadPool pool(options.threads > 0 ? options.threads : nn::hardware_threads());
  // With a model and --json it is one of the object's fields.
  if (options.peak && !(options.json && !options.models.empty())) print_peak(options.json, pool);
  int code = 0;
  for (const std::string& name : options.models) {
    const auto measure = !options.agreement_images.empty() ? bench_fidelity
                         : options.json                    ? bench_json
                         : options.explain                 ? bench_explanations
                         : options.fusions                 ? bench_fusions
                                                           : bench_one;
    const Status status = measure(name, options, pool);
    if (status) continue;
    std::fprintf(stderr, "effcam: %s\n", status.error().message.c_str());
    code = 1;
  }
  return code;
}

}  // namespace effcam::native
