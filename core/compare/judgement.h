// Should one believe a heat map? What was measured about one.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "compare/faithfulness.h"

namespace effcam::compare {

struct Judgement {
  // The map itself, and two that know nothing of the network, so that a number means something.
  FaithfulnessScores map, random, centre;
  float confidence = 0;  // in the target, of the unchanged input
  // |Σ map + bias − score|/|score|, where the method promises that this is 0 (at the head's features, of a logit).
  std::optional<double> completeness;
  // Adebayo et al. 2018: how alike the map is to that of the same architecture with random weights; a map that explains
  // what the network has learned is not. Nothing where either map is constant.
  std::optional<double> random_weights_pearson, random_weights_rank;
  double ms = 0;
};

inline constexpr std::array<std::string_view, 3> kJudged{"map", "random", "centre"};
[[nodiscard]] inline const FaithfulnessScores& judged(const Judgement& judgement, std::size_t which) {
  return which == 0 ? judgement.map : which == 1 ? judgement.random : judgement.centre;
}

}  // namespace effcam::compare
