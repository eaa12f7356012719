#include "compare/judge.h"

#include <algorithm>

#include "model/model.h"

namespace effcam::compare {

namespace {

// Any: the same for every map, so that their numbers can be compared.
constexpr std::uint32_t kSeed = 20190528;
// Inputs that the planes of an imputation take as much memory as (compare/imputation.cpp).
constexpr int kImputation = 5;

}  // namespace

Judge::Judge(efficientnet::Network& network, const image::Input& input, const cam::HeatMap& map, int target, int batch)
    : target_(target) {
  for (const cam::HeatMap& each :
       {map, random_map(map.height, map.width, kSeed), centre_map(map.height, map.width)}) {
    Trials trials(input.values, input.height, input.width, each, kSeed);
    for (int trial = maps_.empty() ? 0 : Trials::kShared; trial < trials.count(); ++trial)
      runs_.push_back({maps_.size(), trial});
    std::vector<float> confidences(trials.count());
    maps_.push_back({std::move(trials), std::move(confidences)});
  }
  batches_.emplace(network, efficientnet::Layer{efficientnet::Layer::Kind::input},
                   efficientnet::LayerShape{input.height, input.width, 3}, static_cast<int>(runs_.size()), batch, kImputation);
}

Status Judge::step(int step, nn::ThreadPool& pool) {
  return batches_->step(
      step, [this](int run, std::span<float> out) { maps_[runs_[run].map].trials.make(runs_[run].trial, out); },
      [this](int run, std::span<const float> logits) {
        maps_[runs_[run].map].confidences[runs_[run].trial] = model::softmax(logits)[target_];
      },
      pool);
}

Judgement Judge::judgement(float confidence) const {
  const auto scores = [&](std::size_t which) {
    std::vector<float> confidences = maps_[which].confidences;
    std::copy_n(maps_.front().confidences.begin(), Trials::kShared, confidences.begin());
    return maps_[which].trials.scores(confidence, confidences);
  };
  return {.map = scores(0), .random = scores(1), .centre = scores(2), .confidence = confidence};
}

}  // namespace effcam::compare
