// What a map explains: a differentiable function of a network's logits.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "compare/request.h"

namespace effcam::compare {

// ± Σ_i w_i·f(logits)_i, where f is the identity or the softmax: a class, a contrast of two, a class less its nearest
// ones (Finer-CAM), or the negation of these (a counterfactual).
class Objective {
 public:
  Objective() = default;
  // `logits`: of the unchanged input. Errors: a request that makes no sense, such as Finer-CAM of a contrast.
  [[nodiscard]] static Result<Objective> make(const Request& request, Target target, std::span<const float> logits);

  [[nodiscard]] double value(std::span<const float> logits) const;
  // ∂value/∂logit, one a class.
  [[nodiscard]] std::vector<float> gradient(std::span<const float> logits) const;

 private:
  struct Term {
    int index;
    double weight;
  };
  // The target less the mean of the three classes with the nearest logits, weighted by their probabilities at the
  // unchanged input, which count as constants (Zhang et al. 2025, with the weights of pytorch-grad-cam).
  void subtract_nearest(int target, std::span<const float> logits);

  std::vector<Term> terms_;
  Score score_ = Score::logit;
};

}  // namespace effcam::compare
