// `effcam bench --fusions`: what each fusion gains, beside the same network with nothing fused.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "commands.h"
#include "files.h"
#include "timing.h"

namespace effcam::native {

namespace {

using efficientnet::Network;
using efficientnet::OperatorCost;
using efficientnet::Operators;
using efficientnet::Profile;

// An operator of the fused network, and the steps of the plain twin's same part that it is made of (efficientnet/plain.cpp).
struct Fusion {
  std::string_view kind;
  std::vector<std::string_view> steps;
};
const std::vector<Fusion>& fusions() {
  static const std::vector<Fusion> all{
      {"convolution", {"convolution", "swish", "residual"}},
      {"expand", {"expand", "expand swish"}},
      {"expand+depthwise", {"expand", "expand swish", "depthwise", "depthwise swish", "squeeze"}},
      {"depthwise", {"depthwise", "depthwise swish", "squeeze"}},
      {"squeeze+excite", {"squeeze+excite"}},
      {"project", {"gate", "project", "residual"}},
      {"swish+pool", {"batch norm", "swish", "pool"}},
      {"classifier", {"classifier"}}};
  return all;
}

std::string part_of(const OperatorCost& each) {  // "block.3" of "block.3 project"
  return each.cost.name.substr(0, each.cost.name.size() - each.kind.size());
}

struct Row {
  double plain = 0, fused = 0;         // milliseconds
  std::vector<efficientnet::Cost> steps;  // of `plain`
};

// Of one fusion in all parts that have it.
Row row_of(const Fusion& fusion, const Profile& plain, const Profile& fused) {
  Row row;
  for (const std::string_view step : fusion.steps) row.steps.push_back({std::string(step)});
  for (const OperatorCost& each : fused.operators) {
    if (each.kind != fusion.kind) continue;
    row.fused += each.cost.milliseconds;
    // The head has a convolution without a swish, which its own fusion has.
    const bool bare = each.kind == "convolution" && each.stage == "head";
    for (const OperatorCost& other : plain.operators)
      for (efficientnet::Cost& step : row.steps)
        if (part_of(other) == part_of(each) && other.kind == step.name && !(bare && step.name != "convolution"))
          step.milliseconds += other.cost.milliseconds;
  }
  for (const efficientnet::Cost& step : row.steps) row.plain += step.milliseconds;
  return row;
}

void print_row(const char* name, double plain, double fused) {
  std::printf("  %-20s %10.3f %10.3f %8.2f\n", name, plain, fused, plain / fused);
}

}  // namespace

Status bench_fusions(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool) {
  model::Options made = options.model.options(false);
  made.operators = Operators::fused;
  EFFCAM_TRY(const std::unique_ptr<model::Model> fused, load_model(name, made));
  made.operators = Operators::xnnpack;
  EFFCAM_TRY(const std::unique_ptr<model::Model> plain, load_model(name, made));
  const int size = fused->description.preprocessing.size;
  const std::vector<float> input = some_input(size);
  for (Network* network : {&fused->network, &plain->network}) {
    EFFCAM_RETURN_IF_ERROR(network->plan(1, size, size, {}, pool));
    network->forward(input, pool);  // warm
  }
  std::vector<Profile> fused_passes, plain_passes;  // in turn
  for (int run = 0; run < options.runs; ++run) {
    fused_passes.push_back(fused->network.profile(input, pool, 1));
    plain_passes.push_back(plain->network.profile(input, pool, 1));
  }
  const Profile with = mean_of_faster_half(std::move(fused_passes)), without = mean_of_faster_half(std::move(plain_passes));
  std::printf("%s, %d px, %d threads: milliseconds of a forward pass\n  %-20s %10s %10s %8s\n",
              std::string(fused->description.variant->name).c_str(), size, pool.threads(), "operator", "not fused", "fused",
              "times");
  for (const Fusion& fusion : fusions()) {
    const Row row = row_of(fusion, without, with);
    if (row.fused == 0) continue;
    print_row(std::string(fusion.kind).c_str(), row.plain, row.fused);
    if (row.steps.size() == 1) continue;
    for (const efficientnet::Cost& step : row.steps)
      if (step.milliseconds > 0) std::printf("    %-18s %10.3f\n", step.name.c_str(), step.milliseconds);
  }
  print_row("total", without.total().milliseconds, with.total().milliseconds);
  return {};
}

}  // namespace effcam::native
