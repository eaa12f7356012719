// The goldens that scripts/make_goldens.py, make_method_goldens.py and make_explanation_goldens.py wrote; the keys are
// explained there. A file that is missing or malformed fails the test and reads as empty.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/architecture.h"
#include "cam/cam.h"
#include "efficientnet/network.h"
#include "nn/thread_pool.h"

namespace effcam::test {

using MapsByMethod = std::map<std::string, std::vector<float>>;

struct GoldenRun {
  architecture::Padding padding = architecture::Padding::same;
  float epsilon = 0;
  int height = 0, width = 0;
  std::uint32_t image_seed = 0;
};

struct GoldenMap {
  std::string layer;
  int target = 0;
  cam::HeatMap map;  // signed
};
struct NetworkRun : GoldenRun {
  std::vector<float> logits;
  std::vector<GoldenMap> maps;
};

// Some elements of a tensor in HWC order.
struct Sample {
  double max = 0, sum = 0;
  std::vector<float> values;
  // Where values[i] lies in a tensor of `size` elements.
  [[nodiscard]] std::size_t element(std::size_t i, std::size_t size) const;
};
// `actual` agrees with the sample within `tolerance` of its largest magnitude.
void expect_sample(std::span<const float> actual, const Sample& expected, double tolerance);

struct GradientLayer {
  std::string layer;
  efficientnet::LayerShape shape;
  Sample activation, gradient;
  MapsByMethod maps;                           // signed; empty at most layers
  std::map<std::string, double> conditioning;  // of the maps
};
struct GradientRun : GoldenRun {
  std::vector<float> seed_vector;
  std::vector<GradientLayer> layers;
};

struct ExplanationMap {
  std::string method, layer;
  int height = 0, width = 0;
  Sample values;
};
struct ExplanationRun : GoldenRun {
  int target = 0;
  std::vector<float> probability, finer;
  std::vector<ExplanationMap> maps;
};

// All runs of one variant.
template <class Run>
struct Golden {
  int classes = 0;
  std::uint32_t seed = 0;
  std::vector<Run> runs;
};
[[nodiscard]] Golden<NetworkRun> read_network_golden(std::string_view variant);
[[nodiscard]] Golden<GradientRun> read_gradient_golden(std::string_view variant);
[[nodiscard]] Golden<ExplanationRun> read_explanation_golden(std::string_view variant);

struct MethodCase {
  int height = 0, width = 0, channels = 0;
  std::uint32_t seed = 0;
  MapsByMethod maps;  // signed
};
struct MethodGolden {
  std::vector<MethodCase> cases;
  std::map<std::string, std::uint32_t> twins;
};
[[nodiscard]] MethodGolden read_method_golden();

}  // namespace effcam::test
