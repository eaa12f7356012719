// Measures a finished heat map by forward passes over perturbed inputs, in steps.
#pragma once

#include <optional>
#include <vector>

#include "cam/cam.h"
#include "compare/batches.h"
#include "compare/judgement.h"
#include "image/image.h"

namespace effcam::compare {

// The network's plan is replaced. Holds a reference to the network: it outlives this.
class Judge {
 public:
  // `map`: raw; `target`: the class whose probability is watched.
  Judge(efficientnet::Network& network, const image::Input& input, const cam::HeatMap& map, int target, int batch);

  // Forward passes of the whole network that a judgement takes, about: to be said before it starts.
  static constexpr int kPasses = 150;
  // Of how many inputs it takes the memory to make one, at most.
  static constexpr int kInputs = 11;
  [[nodiscard]] int steps() const { return batches_->steps(); }
  [[nodiscard]] Status step(int step, nn::ThreadPool& pool);
  // After the last step. `confidence`: of the unchanged input.
  [[nodiscard]] Judgement judgement(float confidence) const;

 private:
  // A map's trials; those that it shares with the first map are run once.
  struct Judged {
    Trials trials;
    std::vector<float> confidences;
  };
  struct Run {
    std::size_t map;
    int trial;
  };

  int target_;
  std::vector<Judged> maps_;
  std::vector<Run> runs_;
  std::optional<Batches> batches_;  // of the runs
};

}  // namespace effcam::compare
