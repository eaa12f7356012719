#include "support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/text.h"
#include "support/files.h"

namespace effcam::test {

namespace {

using nlohmann::json;

json read_json(const std::string& name) {
  const std::vector<std::uint8_t> bytes = read_file(golden_folder() / name);
  json document = json::parse(bytes, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << name << " is not JSON";
  return document.is_discarded() ? json::object() : document;
}

json list(const json& object, const char* key) { return object.value(key, json::array()); }

architecture::Padding padding_of(const json& run) {
  const std::string name = run.at("padding");
  if (name == "symmetric") return architecture::Padding::symmetric;
  return name == "same" ? architecture::Padding::same : architecture::Padding::same_fixed;
}

GoldenRun read_run(const json& run) {
  return {padding_of(run), run.at("epsilon"), run.at("height"), run.at("width"), run.at("image_seed")};
}

NetworkRun read_network_run(const json& run) {
  NetworkRun result{read_run(run), run.at("logits"), {}};
  for (const json& map : run.at("maps")) {
    result.maps.push_back({map.at("layer"), map.at("target"), {map.at("height"), map.at("width"), map.at("values")}});
  }
  return result;
}

Sample read_sample(const json& sample) { return {sample.at("max"), sample.at("sum"), sample.at("values")}; }

GradientRun read_gradient_run(const json& run) {
  GradientRun result{read_run(run), run.at("seed_vector"), {}};
  for (const json& layer : run.at("layers")) {
    result.layers.push_back({layer.at("layer"),
                             {layer.at("height"), layer.at("width"), layer.at("channels")},
                             read_sample(layer.at("activation")),
                             read_sample(layer.at("gradient")),
                             layer.value("maps", MapsByMethod{}),
                             layer.value("conditioning", std::map<std::string, double>{})});
  }
  return result;
}

ExplanationRun read_explanation_run(const json& run) {
  ExplanationRun result{read_run(run), run.at("target"), run.at("probability"), run.at("finer"), {}};
  for (const json& map : run.at("maps"))
    result.maps.push_back({map.at("method"), map.at("layer"), map.at("height"), map.at("width"), read_sample(map)});
  return result;
}

template <class Run>
Golden<Run> read_golden(const char* folder, std::string_view variant, Run (*read)(const json&)) {
  const json document = read_json(text(folder, "/", variant, ".json"));
  Golden<Run> golden{document.value("classes", 0), document.value("seed", 0u), {}};
  for (const json& run : list(document, "runs")) golden.runs.push_back(read(run));
  return golden;
}

}  // namespace

std::size_t Sample::element(std::size_t i, std::size_t size) const {
  return values.size() == size ? i : (7919 * i + 13) % size;
}

void expect_sample(std::span<const float> actual, const Sample& expected, double tolerance) {
  const auto largest = static_cast<float>(expected.max);
  float seen = 0;
  for (const float value : actual) seen = std::max(seen, std::abs(value));
  EXPECT_NEAR(seen, largest, tolerance * largest);
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const std::size_t element = expected.element(i, actual.size());
    ASSERT_NEAR(actual[element], expected.values[i], tolerance * largest) << "element " << element;
  }
  // The sum sees what the sample does not, a border for example.
  const double sum = std::accumulate(actual.begin(), actual.end(), 0.0);
  EXPECT_NEAR(sum, expected.sum, tolerance * largest * std::sqrt(static_cast<double>(actual.size())));
}

Golden<NetworkRun> read_network_golden(std::string_view variant) {
  return read_golden("network", variant, read_network_run);
}

Golden<GradientRun> read_gradient_golden(std::string_view variant) {
  return read_golden("gradient", variant, read_gradient_run);
}

Golden<ExplanationRun> read_explanation_golden(std::string_view variant) {
  return read_golden("explanation", variant, read_explanation_run);
}

MethodGolden read_method_golden() {
  const json document = read_json("method/methods.json");
  MethodGolden golden{{}, document.value("twins", std::map<std::string, std::uint32_t>{})};
  for (const json& each : list(document, "cases")) {
    golden.cases.push_back({each.at("height"), each.at("width"), each.at("channels"), each.at("seed"),
                            each.at("maps").get<MapsByMethod>()});
  }
  return golden;
}

}  // namespace effcam::test
