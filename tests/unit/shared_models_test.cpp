// Real weights and photographs of the developers' shared folder: the classes that are recorded for them, and the logits
// and maps that PyTorch made of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "cam/cam.h"
#include "compare/explain.h"
#include "support/files.h"

namespace effcam {
namespace {

namespace fs = std::filesystem;
using efficientnet::Layer;

std::unique_ptr<model::Model> load(const std::string& file, bool gradients) {
  auto model = model::load(test::read_file(test::shared_folder() / "models" / file), {.gradients = gradients});
  EXPECT_TRUE(model.has_value()) << file << ": " << (model ? "" : model.error().message);
  return model ? std::move(*model) : nullptr;
}

compare::CellResult explain(const image::Image& picture, model::Model& model, const compare::Request& request) {
  nn::ThreadPool pool(1);
  compare::Explanation explanation(picture, model, request, pool);
  while (true) {
    const Result<bool> more = explanation.step();
    if (!more) ADD_FAILURE() << more.error().message;
    if (!more || !*more) return explanation.take();
  }
}

// ---- references --------------------------------------------------------------------------------------------------------

struct MethodName {
  const char* written;
  cam::Method method;
  bool divides;  // by a sum that can be close to zero: as exact as that sum is
};
constexpr MethodName kMethodNames[] = {
    {"gradcam", cam::Method::grad_cam, false},       {"hirescam", cam::Method::hires_cam, false},
    {"layercam", cam::Method::layer_cam, false},     {"elementwise", cam::Method::element_wise, false},
    {"xgradcam", cam::Method::xgrad_cam, true},      {"gradcampp", cam::Method::grad_cam_pp, true}};

struct Fields {
  efficientnet::LayerShape shape;
  std::vector<float> activation, gradient;

  cam::HeatMap map(cam::Method method) const {
    return cam::heat_map(method, {shape.height, shape.width, shape.channels, activation},
                         {shape.height, shape.width, shape.channels, gradient});
  }
};

// How far a map may move, at each position, when activation and gradient move by what f32 arithmetic leaves open. XGrad-
// CAM divides by Σ_p A, Grad-CAM++ by 2G² + ΣA·G³: both can pass zero, and there no f32 program agrees with another.
std::vector<double> allowance(const Fields& fields, cam::Method method) {
  constexpr float kRelative = 3e-5f;
  constexpr int kWitnesses = 24;
  const cam::HeatMap exact = fields.map(method);
  std::vector<double> moved(exact.values.size());
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  const auto shaken = [&](std::vector<float> values) {
    const float most = *std::ranges::max_element(values, {}, [](float v) { return std::abs(v); });
    for (float& value : values) value += kRelative * std::abs(most) * uniform(random);
    return values;
  };
  for (int i = 0; i < kWitnesses; ++i) {
    const Fields other{fields.shape, shaken(fields.activation), shaken(fields.gradient)};
    const cam::HeatMap map = other.map(method);
    for (std::size_t p = 0; p < moved.size(); ++p)
      moved[p] = std::max(moved[p], std::abs(static_cast<double>(map.values[p]) - exact.values[p]));
  }
  for (double& value : moved) value *= 2;  // the extreme of a few draws is short of the extreme of all
  return moved;
}

void compare_map(const std::vector<float>& expected, const Fields& fields, const MethodName& name) {
  const cam::HeatMap map = fields.map(name.method);
  ASSERT_EQ(map.values.size(), expected.size());
  const double most = *std::ranges::max_element(expected);
  std::vector<double> allowed(expected.size());
  if (name.divides) allowed = allowance(fields, name.method);
  for (std::size_t p = 0; p < expected.size(); ++p)
    EXPECT_NEAR(map.values[p], expected[p], 1e-3 * most + allowed[p]) << "position " << p;
}

struct Reference {
  const char* network;
  const char* checkpoint;
};

class SharedReferences : public testing::TestWithParam<Reference> {};

TEST_P(SharedReferences, LogitsAndMapsOfEveryLayerAndMethod) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  const std::unique_ptr<model::Model> model = load(GetParam().checkpoint, true);
  ASSERT_TRUE(model);
  nn::ThreadPool pool(2);
  int maps = 0;
  for (const auto& entry : fs::directory_iterator(test::shared_folder() / "models" / "reference" / GetParam().network)) {
    if (entry.path().extension() != ".json") continue;
    const auto reference = nlohmann::json::parse(test::read_file(entry.path()));
    const auto picture = image::decode(test::read_file(fs::path(entry.path()).replace_extension(".png")));
    ASSERT_TRUE(picture.has_value());
    const image::Input input = image::prepare(*picture, model->description.preprocessing);
    ASSERT_EQ(input.seen.rgb, picture->rgb) << "a picture of the network's size passes through";

    std::map<std::pair<std::string, int>, std::vector<std::string>> by_gradient;  // (layer, class) → methods
    for (const auto& [key, map] : reference.at("maps").items()) {
      std::istringstream parts(key);
      std::string layer, method, target;
      std::getline(parts, layer, '|'), std::getline(parts, method, '|'), std::getline(parts, target);
      by_gradient[{layer, std::stoi(target)}].push_back(method);
    }
    for (const auto& [which, methods] : by_gradient) {
      SCOPED_TRACE(entry.path().filename().string() + " " + which.first + " " + std::to_string(which.second));
      const auto layer = efficientnet::parse_layer(which.first);
      ASSERT_TRUE(layer.has_value());
      ASSERT_TRUE(
          model->network.plan(1, input.height, input.width, {.layers = {*layer}, .targets = 1}, pool).has_value());
      model->network.forward(input.values, pool);
      const auto expected = reference.at("logits").get<std::vector<float>>();
      const auto logits = model->network.logits();
      const auto [low, high] = std::ranges::minmax(expected);
      for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(logits[i], expected[i], 1e-4 * (high - low));
      std::vector<float> seed(logits.size());
      seed[which.second] = 1;
      model->network.backward(seed, pool);
      const auto copy = [](std::span<const float> values) { return std::vector<float>(values.begin(), values.end()); };
      const Fields fields{model->network.shape(*layer), copy(model->network.activation(*layer)),
                          copy(model->network.gradient(*layer))};
      for (const MethodName& name : kMethodNames) {
        if (std::ranges::find(methods, name.written) == methods.end()) continue;
        SCOPED_TRACE(name.written);
        const std::string key = which.first + "|" + name.written + "|" + std::to_string(which.second);
        compare_map(reference.at("maps").at(key).at("data").get<std::vector<float>>(), fields, name);
        ++maps;
      }
    }
  }
  EXPECT_GT(maps, 100);
}

INSTANTIATE_TEST_SUITE_P(Networks, SharedReferences,
                         testing::Values(Reference{"efficientnet_b0", "efficientnet_b0.partly_retrained.safetensors"},
                                         Reference{"efficientnetv2_b0", "efficientnetv2_b0.imagenet1k.safetensors"}),
                         [](const auto& info) { return std::string(info.param.network); });

// ---- photographs -------------------------------------------------------------------------------------------------------

// A line of labels.csv: fields between commas, or in quotes that may hold commas.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

TEST(SharedPhotographs, EveryOneHasTheClassThatIsRecorded) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  const std::unique_ptr<model::Model> model = load("efficientnetv2_b0.imagenet1k.safetensors", false);
  ASSERT_TRUE(model);
  std::ifstream table(test::shared_folder() / "images" / "labels.csv");
  std::string line;
  std::getline(table, line);
  const std::vector<std::string> header = fields_of(line);
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(header, name) - header.begin());
  };
  const std::size_t file = column("file"), index = column("v2b0_top1_index"), probability = column("v2b0_top1_prob");
  int photographs = 0;
  while (std::getline(table, line)) {
    const std::vector<std::string> fields = fields_of(line);
    ASSERT_GT(fields.size(), probability) << line;
    SCOPED_TRACE(fields[file]);
    const auto picture = image::decode(test::read_file(test::shared_folder() / "images" / fields[file]));
    ASSERT_TRUE(picture.has_value()) << picture.error().message;
    const compare::CellResult result = explain(*picture, *model, {});
    EXPECT_EQ(result.top.front().index, std::stoi(fields[index]));
    EXPECT_NEAR(result.top.front().probability, std::stof(fields[probability]), 0.05);
    EXPECT_FALSE(result.flat);
    ++photographs;
  }
  EXPECT_GT(photographs, 40);
}

}  // namespace
}  // namespace effcam
