// `effcam bench --explain`: what maps cost beyond the forward pass.
#include <sys/resource.h>

#include <cstdio>
#include <memory>

#include "commands.h"
#include "compare/field.h"
#include "files.h"
#include "timing.h"

namespace effcam::native {

namespace {

using efficientnet::Layer;
using efficientnet::Network;

constexpr int kClasses = 10;  // explained at once

// The most memory this process has had.
double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Cost {
  double forward = 0;  // alone, in the same rounds
  double one = 0, ten = 0;  // forward, backward and maps
  std::size_t activations = 0, activations_ten = 0;
};

// Two networks of the same weights: one only answers, one explains; their runs alternate.
class Bench {
 public:
  Bench(model::Model& plain, model::Model& deep, int runs, nn::ThreadPool& pool)
      : plain_(plain.network), deep_(deep.network), size_(plain.description.preprocessing.size), runs_(runs), pool_(pool),
        input_(some_input(size_)) {}

  [[nodiscard]] Result<Cost> measure(Layer layer) {
    Cost cost;
    EFFCAM_RETURN_IF_ERROR(plain_.plan(1, size_, size_, {}, pool_));
    EFFCAM_TRY(cost.one, interleave(layer, 1, cost.forward));
    cost.activations = deep_.activation_bytes();
    double ignored = 0;
    EFFCAM_TRY(cost.ten, interleave(layer, kClasses, ignored));
    cost.activations_ten = deep_.activation_bytes();
    return cost;
  }

 private:
  [[nodiscard]] Result<double> interleave(Layer layer, int targets, double& forward) {
    EFFCAM_RETURN_IF_ERROR(deep_.plan(1, size_, size_, {.layers = {layer}, .targets = targets}, pool_));
    std::vector<double> plain_ms, deep_ms;
    for (int run = -1; run < runs_; ++run) {  // the first warms up
      const double alone = milliseconds([&] { plain_.forward(input_, pool_); });
      const double explained = milliseconds([&] { explain(layer, targets); });
      if (run < 0) continue;
      plain_ms.push_back(alone);
      deep_ms.push_back(explained);
    }
    forward = median(plain_ms);
    return median(deep_ms);
  }

  void explain(Layer layer, int targets) {
    deep_.forward(input_, pool_);
    const std::size_t classes = deep_.logits().size();
    std::vector<float> seeds(targets * classes);
    const std::vector<model::Prediction> best = model::top(deep_.logits(), targets);
    for (int t = 0; t < targets; ++t) seeds[t * classes + best[t % best.size()].index] = 1;
    deep_.backward(seeds, pool_);
    for (int t = 0; t < targets; ++t)
      (void)compare::map_of(deep_, cam::Method::grad_cam, layer, cam::Sign::non_negative, t);
  }

  Network &plain_, &deep_;
  int size_, runs_;
  nn::ThreadPool& pool_;
  std::vector<float> input_;
};

// One pass of a batch as Score-CAM makes them, beside a pass alone.
[[nodiscard]] Status bench_batches(Network& network, int size, int runs, nn::ThreadPool& pool) {
  std::printf("Score-CAM's passes, a batch at a time:");
  for (const int images : {1, 4, 8, 16}) {
    EFFCAM_RETURN_IF_ERROR(network.plan_from({Layer::Kind::input}, {size, size, 3}, images, pool));
    const std::vector<float> input(static_cast<std::size_t>(images) * size * size * 3, 0.5f);
    std::vector<double> ms;
    for (int run = 0; run < runs; ++run) ms.push_back(milliseconds([&] { network.forward(input, pool); }));
    std::printf(" %d: %.2f ms a pass%s", images, median(ms) / images, images == 16 ? "\n" : ",");
  }
  return {};
}

}  // namespace

Status bench_explanations(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool) {
  EFFCAM_TRY(const std::unique_ptr<model::Model> plain, load_model(name, options.model.options(false)));
  EFFCAM_TRY(const std::unique_ptr<model::Model> deep, load_model(name, options.model.options(true)));
  const architecture::Variant& variant = *plain->description.variant;
  std::printf("%s, %d px, %d threads: Grad-CAM beyond the forward pass, in forward passes; memory: weights and activations\n"
              "layer      forward     one class          ten classes         three by themselves  memory: one / ten\n",
              std::string(variant.name).c_str(), plain->description.preprocessing.size, pool.threads());
  std::vector<Layer> layers{{Layer::Kind::head}, {Layer::Kind::head_raw}};
  for (int stage = variant.stages(); stage >= 1; --stage) layers.push_back({Layer::Kind::stage, stage});
  layers.push_back({Layer::Kind::block, 0});
  Bench bench(*plain, *deep, options.runs, pool);
  // Maps of the head need no transposed weights.
  const auto weights_for = [&](Layer layer) { return (in_head(layer) ? plain : deep)->network.weight_bytes(); };
  for (const Layer layer : layers) {
    EFFCAM_TRY(const Cost cost, bench.measure(layer));
    std::printf("%-8s %7.2f ms %7.2f ms (%+5.2f) %8.2f ms (%+5.2f) %8.2f ms            %6.0f / %6.0f MiB\n",
                efficientnet::layer_name(layer).c_str(), cost.forward, cost.one, cost.one / cost.forward - 1, cost.ten,
                cost.ten / cost.forward - 1, 3 * cost.one, mebibytes(weights_for(layer) + cost.activations),
                mebibytes(weights_for(layer) + cost.activations_ten));
  }
  EFFCAM_RETURN_IF_ERROR(bench_batches(plain->network, plain->description.preprocessing.size, options.runs, pool));
  std::printf("weights %.1f MiB, with the backward pass's %.1f MiB; the process %.1f MiB at most\n",
              mebibytes(plain->network.weight_bytes()), mebibytes(deep->network.weight_bytes()), peak_mebibytes());
  return {};
}

}  // namespace effcam::native
