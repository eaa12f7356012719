// `effcam bench --json`: one model's times and answer as one JSON object, for other programs to compare.
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "door/profile_json.h"
#include "files.h"
#include "nn/xnnpack/weights.h"
#include "timing.h"

namespace effcam::native {

namespace {

constexpr int kMostRuns = 10000;

// `count` values of 32-bit floats in the machine's byte order.
[[nodiscard]] Result<std::vector<float>> read_input(const std::string& file, std::size_t count) {
  EFFCAM_TRY(const std::vector<std::uint8_t> bytes, read_file(file));
  std::vector<float> values(count);
  if (bytes.size() != count * sizeof(float))
    return fail(file, ": ", bytes.size(), " bytes, where the input is ", count, " values of 4");
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

Status bench_json(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool) {
  double load = 0;
  EFFCAM_TRY(const std::unique_ptr<model::Model> loaded, load_model(name, options.model.options(false), &load));
  efficientnet::Network& network = loaded->network;
  const int size = loaded->description.preprocessing.size;
  std::vector<float> input(static_cast<std::size_t>(size) * size * 3, 0.5f);
  if (!options.input.empty()) {
    EFFCAM_TRY(input, read_input(options.input, input.size()));
  }

  const auto run = [&] { return milliseconds([&] { network.forward(input, pool); }); };
  Status planned;
  double first = milliseconds([&] { planned = network.plan(1, size, size, {}, pool); });
  EFFCAM_RETURN_IF_ERROR(planned);
  first += run();
  for (double spent = 0; spent < options.warm_ms;) spent += run();
  std::vector<double> runs;
  for (double spent = 0; runs.empty() || (spent < options.run_ms && std::ssize(runs) < kMostRuns);)
    spent += runs.emplace_back(run());
  const std::vector<float> logits(network.logits().begin(), network.logits().end());

  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  nlohmann::ordered_json document = {
      {"engine", "effcam " EFFCAM_VERSION},
      {"variant", loaded->description.variant->name},
      {"precision", precision_name(network.config().precision)},
      {"operators", operators_name(network.config().operators)},
      {"size", size},
      {"threads", pool.threads()},
      {"multiply_adds", loaded->description.multiply_adds()},
      {"load_ms", load},
      {"first_ms", first},
      {"runs_ms", runs},
      {"rss_bytes", static_cast<std::uint64_t>(usage.ru_maxrss) * 1024},
      {"activation_bytes", network.activation_bytes()},
      {"weight_bytes", network.weight_bytes()},
      {"operator_bytes", nn::xnnpack::operator_bytes()},
      {"logits", logits}};
  const bool profiled = !options.profile.empty();
  if (options.peak || profiled) {
    const nn::Peak peak = nn::measure_peak(pool);
    document["peak"] = json_of(peak);
    if (profiled) {
      document["profile"] = json_of(network.profile(input, pool, static_cast<int>(runs.size())), peak.gflops);
    }
  }
  std::printf("%s\n", document.dump().c_str());
  return {};
}

}  // namespace effcam::native
