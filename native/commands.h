// The commands of `effcam`, as one struct of options each. They return the exit code: 0 when everything was done, 1 when
// something could not be, 2 for a wrong command line.
#pragma once

#include <string>
#include <vector>

#include "cam/overlay.h"
#include "model/model.h"

namespace effcam::native {

struct ModelOptions {
  std::string family, variant;
  int size = 0;
  bool warp = false;

  [[nodiscard]] model::Options options(bool gradients) const {
    return {.checkpoint = {.family = family, .variant = variant}, .gradients = gradients, .warp = warp, .size = size};
  }
};

struct RunOptions {
  std::vector<std::string> images, models;
  ModelOptions model;
  std::string target = "top1", layer = "head", method = "grad-cam";
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
  std::string target = "top1";
  std::string layers = "head,head.raw,stage6,stage5,stage4,stage3";
  std::string methods = "grad-cam,grad-cam++,hires-cam,element-wise,layer-cam,xgrad-cam,eigen-cam,eigen-grad-cam";
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
};
[[nodiscard]] int bench(const BenchOptions& options);

}  // namespace effcam::native
