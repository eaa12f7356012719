#include "compare/explain_classes.h"

#include <algorithm>
#include <chrono>

#include "compare/answer.h"
#include "compare/objective.h"

namespace effcam::compare {

namespace {

using efficientnet::Layer;
using efficientnet::Network;

class Lap {
 public:
  // Milliseconds since the last call, or since the start.
  double operator()() {
    const auto now = Clock::now();
    const double ms = std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
    return ms;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

cam::HeatMap map_of(const Network& network, const Request& request, int target) {
  std::vector<cam::HeatMap> maps;
  for (const Layer layer : request.layers) {
    const efficientnet::LayerShape shape = network.shape(layer);
    const auto field = [&](std::span<const float> values) {
      return cam::Field{shape.height, shape.width, shape.channels, values};
    };
    maps.push_back(cam::heat_map(request.method, field(network.activation(layer)),
                                 field(network.gradient(layer, target)), request.sign));
  }
  return maps.size() == 1 ? std::move(maps.front()) : cam::fuse(maps, request.sign);
}

}  // namespace

Result<std::vector<CellResult>> explain_classes(const image::Image& picture, model::Model& model,
                                                const Request& request, int count, nn::ThreadPool& pool) {
  if (cam::evidence(request.method) != cam::Evidence::gradient)
    return fail(cam::method_name(request.method), " cannot explain several classes at once");
  Lap lap;
  Network& network = model.network;
  const image::Input input = image::prepare(picture, model.description.preprocessing);
  count = std::clamp(count, 1, network.config().classes);
  EFFCAM_RETURN_IF_ERROR(
      network.plan(1, input.height, input.width, {.layers = request.layers, .targets = count}, pool));
  Milliseconds ms{.decode = lap()};
  EFFCAM_RETURN_IF_ERROR(network.forward(input.values, pool));
  ms.forward = lap();

  EFFCAM_TRY(const Answer answer, Answer::of(model, network.logits()));
  const std::vector<Prediction> targets = answer.top(count);
  std::vector<float> seeds;
  for (const Prediction& target : targets) {
    EFFCAM_TRY(const Objective objective, Objective::make(request, {target.index}, network.logits()));
    const std::vector<float> seed = objective.gradient(network.logits());
    seeds.insert(seeds.end(), seed.begin(), seed.end());
  }
  EFFCAM_RETURN_IF_ERROR(network.backward(seeds, pool));
  std::vector<CellResult> results(targets.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    CellResult& result = results[i];
    result.top = answer.top(kTop);
    result.target = targets[i];
    result.against.index = -1;
    result.layer = layers_text(request.layers);
    result.method = cam::method_name(request.method);
    result.map = map_of(network, request, static_cast<int>(i));
    result.is_signed = request.sign == cam::Sign::both;
    result.counterfactual = request.counterfactual;
    result.score = request.score;
    result.flat = !(extent(result.map, result.is_signed) > 0);
    result.seen = input.seen;
    result.box = input.box;
  }
  ms.map = lap() / static_cast<double>(results.size());  // each one's share
  for (CellResult& result : results) result.ms = ms;
  return results;
}

}  // namespace effcam::compare
