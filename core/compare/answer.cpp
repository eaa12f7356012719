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

}  // namespace effcam::compare
