#include "compare/explain_classes.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "compare/answer.h"
#include "compare/field.h"
#include "compare/objective.h"

namespace effcam::compare {

Result<std::vector<CellResult>> explain_classes(const image::Image& picture, model::Model& model,
                                                const Request& request, int count, nn::ThreadPool& pool) {
  if (cam::evidence(request.method) != cam::Evidence::gradient)
    return fail(cam::method_name(request.method), " cannot explain several classes at once");
  Stopwatch watch;
  efficientnet::Network& network = model.network;
  const image::Input input = image::prepare(picture, model.description.preprocessing);
  count = std::clamp(count, 1, network.config().classes);
  EFFCAM_RETURN_IF_ERROR(
      network.plan(1, input.height, input.width, {.layers = request.layers, .targets = count}, pool));
  Milliseconds ms{.decode = watch.lap()};
  network.forward(input.values, pool);
  ms.forward = watch.lap();

  EFFCAM_TRY(const Answer answer, Answer::of(model, network.logits()));
  const std::vector<Prediction> targets = answer.top(count);
  std::vector<float> seeds;
  for (const Prediction& target : targets) {
    EFFCAM_TRY(const Objective objective, Objective::make(request, {target.index}, network.logits()));
    const std::vector<float> seed = objective.gradient(network.logits());
    seeds.insert(seeds.end(), seed.begin(), seed.end());
  }
  network.backward(seeds, pool);
  std::vector<CellResult> results(targets.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    CellResult& result = results[i];
    result.top = answer.top(kTop);
    result.target = targets[i];
    result.against.index = -1;
    describe(result, request, network);
    result.smooth = false;
    std::vector<cam::HeatMap> maps;
    for (const efficientnet::Layer layer : request.layers)
      maps.push_back(map_of(network, request.method, layer, request.sign, static_cast<int>(i)));
    set_map(result, std::move(maps));
    result.seen = input.seen;
    result.box = input.box;
  }
  ms.map = watch.lap() / static_cast<double>(results.size());  // each one's share
  for (CellResult& result : results) result.ms = ms;
  return results;
}

}  // namespace effcam::compare
