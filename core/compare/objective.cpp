#include "compare/objective.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/model.h"

namespace effcam::compare {

namespace {

constexpr std::size_t kNearest = 3;

}  // namespace

Result<Objective> Objective::make(const Request& request, Target target, std::span<const float> logits) {
  Objective objective;
  objective.score_ = request.score;
  objective.terms_.push_back({target.index, 1.0});
  if (request.method == cam::Method::finer_cam) {
    if (target.against >= 0 || request.score != Score::logit)
      return fail("finer-cam makes its own contrast, with the nearest classes: it explains the logit of one class");
    objective.subtract_nearest(target.index, logits);
  } else if (target.against >= 0) {
    objective.terms_.push_back({target.against, -1.0});
  }
  if (request.counterfactual)
    for (Term& term : objective.terms_) term.weight = -term.weight;
  return objective;
}

void Objective::subtract_nearest(int target, std::span<const float> logits) {
  std::vector<int> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase(order, target);
  const std::size_t count = std::min(kNearest, order.size());
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count), {}, [&](int index) {
    return std::pair(std::abs(double{logits[index]} - logits[target]), index);
  });
  order.resize(count);
  const std::vector<float> probabilities = model::softmax(logits);
  double sum = 0;
  for (const int index : order) sum += probabilities[index];
  for (const int index : order)
    terms_.push_back({index, -(sum > 0 ? probabilities[index] / sum : 1.0 / static_cast<double>(count))});
}

double Objective::value(std::span<const float> logits) const {
  std::vector<float> probabilities;
  if (score_ == Score::probability) logits = probabilities = model::softmax(logits);
  double value = 0;
  for (const Term& term : terms_) value += term.weight * logits[term.index];
  return value;
}

// Of the logits: w. Of the probabilities p: ∂p_i/∂logit_k = p_i·(δ_ik − p_k).
std::vector<float> Objective::gradient(std::span<const float> logits) const {
  std::vector<double> sums(logits.size());
  if (score_ == Score::logit) {
    for (const Term& term : terms_) sums[term.index] += term.weight;
  } else {
    const std::vector<float> p = model::softmax(logits);
    for (const Term& term : terms_) {
      const double weighted = term.weight * p[term.index];
      sums[term.index] += weighted;
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] -= weighted * p[k];
    }
  }
  return {sums.begin(), sums.end()};
}

}  // namespace effcam::compare
