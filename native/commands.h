// The commands of `effcam`, as one struct of options each. They return the exit code: 0 when everything was done, 1 when
// something could not be, 2 for a wrong command line.
#pragma once

#include <string>
#include <vector>

#include "cam/overlay.h"
#include "compare/request.h"
#include "model/model.h"

namespace effcam::native {

struct ModelOptions {
  std::string family, variant;
  int size = 0;
  bool warp = false, int8 = false;
  std::string operators = "fused";  // or "xnnpack"

  [[nodiscard]] efficientnet::Precision precision() const { return efficientnet::precision_of(int8); }
  [[nodiscard]] model::Options options(bool gradients) const {
    return {.checkpoint = {.family = family, .variant = variant},
            .gradients = gradients,
            .precision = precision(),
            .operators = efficientnet::operators_of(operators == "xnnpack"),
            .warp = warp,
            .size = size};
  }
};

// What a map explains, and how; the same for `run` and `explain`.
struct MapOptions {
  std::string target = "top1", score = "logit";
  bool is_signed = false, counterfactual = false, smooth = false, judge = false;

  // Without the layers and the method.
  [[nodiscard]] Result<compare::Request> request() const;
};

struct RunOptions {
  std::vector<std::string> images, models;
  ModelOptions model;
  MapOptions map;
  std::string layer;  // empty: the method's own
  std::string method = "grad-cam";
  std::string out, json;  // files; "-" for the JSON on standard output
  bool logits = false, maps = false;
  bool agreement = false;  // how far the models agree
  std::string colours = "jet", blend = "alpha";
  float opacity = 0.5f;
  bool common_scale = false;
  int threads = 0;  // 0: as many as the machine runs at once
  bool quiet = false;
};
[[nodiscard]] int run(const RunOptions& options);

// Methods × layers for one image and one model.
struct ExplainOptions {
  std::string image, model = "default";
  ModelOptions model_options;
  MapOptions map;
  std::string layers = "head,head.raw,stage6,stage5,stage4,stage3";
  std::string methods = "grad-cam,grad-cam++,hires-cam,element-wise,layer-cam,xgrad-cam,eigen-cam,eigen-grad-cam";
  int classes = 0;  // > 0: the columns are that many of the best classes, by the first method
  std::string out, json;
  bool maps = false;
  int threads = 0;
};
[[nodiscard]] int explain(const ExplainOptions& options);

struct InspectOptions {
  std::vector<std::string> files;
  ModelOptions model;
  bool tensors = false;
};
[[nodiscard]] int inspect(const InspectOptions& options);

struct BenchOptions {
  std::vector<std::string> models;
  ModelOptions model;
  int runs = 20, threads = 0;
  bool explain = false;  // what maps cost, layer by layer
  bool fusions = false;  // what each fusion gains
  bool json = false;
  bool peak = false;    // what the machine's arithmetic could do
  std::string profile;  // "stages" or "operators": where the time of a forward pass goes; empty: not asked
  std::string input;             // raw 32-bit floats, height × width × 3; empty: any
  double warm_ms = 0, run_ms = 2000;  // with json
  std::vector<std::string> agreement_images;  // files and folders: how close int8 comes to f32 on them
};
[[nodiscard]] int bench(const BenchOptions& options);
// What `bench --json` prints of one model.
[[nodiscard]] Status bench_json(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool);
// What `bench --profile` prints of one model: sums by kind and by stage, and each operator where wanted; in the last line
// what XNNPACK carries. `peak`: of the threads that ran it, in GFLOP/s.
void print_profile(const efficientnet::Profile& profile, bool operators, double peak);
// What `bench --peak` prints.
void print_peak(bool json, nn::ThreadPool& pool);
// What `bench --int8-agreement` prints of one model.
[[nodiscard]] Status bench_fidelity(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool);
// What `bench --fusions` prints of one model: beside the same network with nothing fused, pass by pass in turn.
[[nodiscard]] Status bench_fusions(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool);
// What `bench --explain` prints of one model.
[[nodiscard]] Status bench_explanations(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool);

}  // namespace effcam::native
