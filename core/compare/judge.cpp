#include "compare/judge.h"

#include <algorithm>

#include "model/model.h"

namespace effcam::compare {

namespace {

// Any: the same for every map, so that their numbers can be compared.
constexpr std::uint32_t kSeed = 20190528;

}  // namespace

Judge::Judge(efficientnet::Network& network, const image::Input& input, const cam::HeatMap& map, int target, int batch)
    : network_(network), input_(input), target_(target), batch_(batch) {
  for (const cam::HeatMap& each :
       {map, random_map(map.height, map.width, kSeed), centre_map(map.height, map.width)}) {
    Trials trials(input.values, input.height, input.width, each, kSeed);
    for (int trial = maps_.empty() ? 0 : Trials::kShared; trial < trials.count(); ++trial)
      runs_.push_back({maps_.size(), trial});
    std::vector<float> confidences(trials.count());
    maps_.push_back({std::move(trials), std::move(confidences)});
  }
  batches_ = (static_cast<int>(runs_.size()) + batch - 1) / batch;
}

Status Judge::step(int step, nn::ThreadPool& pool) {
  if (step == 0) {
    const efficientnet::LayerShape shape{input_.height, input_.width, 3};
    EFFCAM_RETURN_IF_ERROR(network_.plan_from({efficientnet::Layer::Kind::input}, shape, batch_, pool));
    inputs_.resize(batch_ * input_.values.size());
  }
  const int each = network_.forward_steps(), first = step / each * batch_;
  if (step % each == 0) fill(first, pool);
  EFFCAM_RETURN_IF_ERROR(network_.forward_step(step % each, inputs_, pool));
  if (step % each + 1 < each) return {};
  const std::size_t classes = network_.config().classes;
  const int count = std::min(batch_, static_cast<int>(runs_.size()) - first);
  for (int i = 0; i < count; ++i) {
    const Run& run = runs_[first + i];
    maps_[run.map].confidences[run.trial] =
        model::softmax(network_.logits().subspan(static_cast<std::size_t>(i) * classes, classes))[target_];
  }
  return {};
}

// The last batch is filled up with its last trial.
void Judge::fill(int first, nn::ThreadPool& pool) {
  pool.parallel_for(batch_, [&](std::size_t i) {
    const Run& run = runs_[std::min(first + i, runs_.size() - 1)];
    maps_[run.map].trials.make(run.trial, std::span(inputs_).subspan(i * input_.values.size(), input_.values.size()));
  });
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
