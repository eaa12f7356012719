#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cam/cam.h"
#include "commands.h"
#include "files.h"
#include "timing.h"

namespace effcam::native {

namespace {

[[nodiscard]] Status bench_one(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool) {
  EFFCAM_TRY(const std::filesystem::path path, find_model(name));
  EFFCAM_TRY(const std::vector<std::uint8_t> bytes, read_file(path));
  Result<std::unique_ptr<model::Model>> loaded = std::unexpected(Error{});
  const double load = milliseconds([&] { loaded = model::load(bytes, options.model.options(false)); });
  if (!loaded) return in_context(name, std::move(loaded).error());
  model::Model& model = **loaded;
  efficientnet::Network& network = model.network;

  const int size = model.description.preprocessing.size;
  std::vector<float> input(static_cast<std::size_t>(size) * size * 3);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = std::sin(0.01f * static_cast<float>(i));
  const efficientnet::Layer head{};
  EFFCAM_RETURN_IF_ERROR(network.plan(1, size, size, {.layers = {head}, .targets = 1}, pool));
  EFFCAM_RETURN_IF_ERROR(network.forward(input, pool));  // warm

  std::vector<float> seed(network.logits().size());
  const efficientnet::LayerShape shape = network.shape(head);
  std::vector<double> forward, map;
  Status status;
  for (int i = 0; i < options.runs && status; ++i) {
    forward.push_back(milliseconds([&] { status = network.forward(input, pool); }));
    map.push_back(milliseconds([&] {
      seed.assign(seed.size(), 0.0f);
      seed[model::top(network.logits(), 1).front().index] = 1.0f;
      if (status) status = network.backward(seed, pool);
      const auto field = [&](std::span<const float> values) {
        return cam::Field{shape.height, shape.width, shape.channels, values};
      };
      (void)cam::heat_map(cam::Method::grad_cam, field(network.activation(head)), field(network.gradient(head)));
    }));
  }
  EFFCAM_RETURN_IF_ERROR(status);
  const double gmac = architecture::multiply_adds(*model.description.variant, size, size, model.description.classes) / 1e9;
  const double ms = median(forward);
  std::printf("%-20s %4d px %2d threads  forward %8.2f ms (%6.1f GFLOP/s)  map %6.3f ms (%4.1f %%)  load %7.1f ms  "
              "weights %6.1f MiB  activations %6.1f MiB\n",
              std::string(model.description.variant->name).c_str(), size, pool.threads(), ms, 2 * gmac / ms * 1e3,
              median(map), 100 * median(map) / ms, load, network.weight_bytes() / 1048576.0,
              network.activation_bytes() / 1048576.0);
  return {};
}

}  // namespace

int bench(const BenchOptions& options) {
  nn::ThreadPool pool(options.threads > 0 ? options.threads : nn::hardware_threads());
  int code = 0;
  for (const std::string& name : options.models) {
    const Status status = options.json      ? bench_json(name, options, pool)
                          : options.explain ? bench_explanations(name, options, pool) : bench_one(name, options, pool);
    if (status) continue;
    std::fprintf(stderr, "effcam: %s\n", status.error().message.c_str());
    code = 1;
  }
  return code;
}

}  // namespace effcam::native
