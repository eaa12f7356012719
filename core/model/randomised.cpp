#include "model/randomised.h"

#include <cmath>
#include <map>
#include <random>
#include <string>

namespace effcam::model {

namespace {

using architecture::LayerSpec;

class RandomParameters final : public architecture::ParameterSource {
 public:
  RandomParameters(const architecture::Variant& variant, int classes, std::uint32_t seed) : variant_(variant) {
    for (LayerSpec& spec : architecture::layers(variant, classes)) {
      const std::uint32_t own = seed + static_cast<std::uint32_t>(layers_.size());
      layers_.emplace(spec.name, Layer{spec, own});
    }
  }

  [[nodiscard]] Result<std::vector<float>> convolution(std::string_view name) const override {
    EFFCAM_TRY(const Layer layer, find(name));
    return weights(layer);
  }

  [[nodiscard]] Result<architecture::Norm> norm(std::string_view name) const override {
    EFFCAM_TRY(const Layer layer, find(name));
    const std::size_t count = layer.spec.out;
    // Residual branches are damped: what they add up to would grow with the depth.
    const bool damped = name.ends_with(".project.bn") && variant_.blocks[layer.spec.block].residual();
    return architecture::Norm{std::vector<float>(count, damped ? 0.25f : 1.0f), std::vector<float>(count),
                              std::vector<float>(count), std::vector<float>(count, 1.0f)};
  }

  [[nodiscard]] Result<architecture::Affine> affine(std::string_view name) const override {
    EFFCAM_TRY(const Layer layer, find(name));
    return architecture::Affine{weights(layer), std::vector<float>(layer.spec.out)};
  }

 private:
  struct Layer {
    LayerSpec spec;
    std::uint32_t seed = 0;
  };

  [[nodiscard]] Result<Layer> find(std::string_view name) const {
    const auto found = layers_.find(name);
    if (found == layers_.end()) return fail("no layer is called '", name, "'");
    return found->second;
  }

  // Uniform, as its raw numbers are the same everywhere: a standard distribution's are not.
  static std::vector<float> weights(const Layer& layer) {
    const double fan_in = static_cast<double>(layer.spec.in) * layer.spec.kernel * layer.spec.kernel;
    const double bound = std::sqrt(3.0 * 2.0 / fan_in);
    std::mt19937 random(layer.seed);
    std::vector<float> values(static_cast<std::size_t>(layer.spec.out) * static_cast<std::size_t>(fan_in));
    for (float& value : values) value = static_cast<float>(bound * ((random() >> 8) / 8388608.0 - 1.0));
    return values;
  }

  const architecture::Variant& variant_;
  std::map<std::string, Layer, std::less<>> layers_;
};

}  // namespace

Result<std::unique_ptr<Model>> randomised(const Model& model, std::uint32_t seed) {
  const efficientnet::Config& config = model.network.config();
  EFFCAM_TRY(efficientnet::Network network,
             efficientnet::Network::create(config, RandomParameters(*config.variant, config.classes, seed)));
  return std::make_unique<Model>(model.description, model.labels, std::move(network));
}

}  // namespace effcam::model
