#include "compare/answer.h"

#include <algorithm>
#include <cmath>

namespace effcam::compare {

Result<Answer> Answer::of(const model::Model& model, std::span<const float> logits) {
  if (!std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); }))
    return fail("the network's answer is not finite: its weights do not fit this architecture");
  return Answer(model, logits);
}

Prediction Answer::prediction(int index) const {
  return {index, model_.labels[index], logits_[index], probabilities_[index]};
}

std::vector<Prediction> Answer::top(int count) const {
  std::vector<Prediction> list;
  for (const model::Prediction& best : model::top(logits_, count)) list.push_back(prediction(best.index));
  return list;
}

void describe(CellResult& result, const Request& request, const efficientnet::Network& network) {
  result.precision = network.config().precision;
  result.layer = layers_text(request.layers);
  result.method = cam::method_name(request.method);
  result.is_signed = request.sign == cam::Sign::both;
  result.counterfactual = request.counterfactual;
  result.smooth = request.smooth;
  result.score = request.score;
}

void set_map(CellResult& result, std::vector<cam::HeatMap> maps) {
  result.flat = std::ranges::all_of(maps, [&](const cam::HeatMap& map) { return cam::is_flat(map, result.is_signed); });
  // Maps of several layers have neither their size nor their scale in common: the mean of the normalised ones.
  result.map = maps.size() == 1 ? std::move(maps.front())
                                : cam::fuse(maps, result.is_signed ? cam::Sign::both : cam::Sign::non_negative);
}

}  // namespace effcam::compare
