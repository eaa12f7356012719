// From one picture and one model to a finished cell, in steps.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "compare/cell.h"
#include "compare/channel_passes.h"
#include "compare/judge.h"
#include "compare/objective.h"
#include "image/image.h"
#include "model/model.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

// The finished cell of a model that is ready.
[[nodiscard]] Result<CellResult> explained(const image::Image& picture, model::Model& model, const Request& request,
                                           nn::ThreadPool& pool);

// True when the request needs a backward pass through the blocks: the model must have been packed with gradients.
[[nodiscard]] bool needs_gradients(const Request& request);

// How many forward passes of a whole network the request costs about (a backward pass counts as one), to be said before
// it is started. Layers that the variant has not count as none.
inline constexpr double kCostlyPasses = 8;  // from here on it is worth saying
[[nodiscard]] double forward_passes(const Request& request, const architecture::Variant& variant);

// Holds references to the picture and the model: both outlive it.
class Explanation {
 public:
  Explanation(const image::Image& picture, model::Model& model, Request request, nn::ThreadPool& pool);

  // One step: the input, a block forward or backward, or the map. True while there is more to do.
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] double share() const { return total_ > 0 ? std::min(done_ / total_, 1.0) : 0.0; }
  // After the last step.
  [[nodiscard]] CellResult take() { return std::move(result_); }

 private:
  static constexpr int kUntilDone = 0;
  // What is done one after the other. `pass`: which of the smoothing's inputs; `layer`: which of the request's.
  struct Phase {
    Status (Explanation::*run)(const Phase& phase, int step);
    int steps = 1;  // kUntilDone: until `run` has set phase_done_
    double cost = 1;  // of a step, in passes of one block
    int pass = 0, layer = 0;
  };

  [[nodiscard]] Status prepare();
  void add_phase(const Phase& phase);
  void add_pass(int pass);
  void add_channel_phases(int pass);
  void choose_batch();  // as large as memory that is at hand anyway
  [[nodiscard]] Status forward(const Phase& phase, int step);
  [[nodiscard]] Status backward(const Phase& phase, int step);
  [[nodiscard]] Status guided(const Phase& phase, int step);
  [[nodiscard]] Status channels(const Phase& phase, int step);
  [[nodiscard]] Status maps(const Phase& phase, int step);
  [[nodiscard]] Status finish(const Phase& phase, int step);
  [[nodiscard]] Status add_judge_phases();
  [[nodiscard]] Status judge(const Phase& phase, int step);
  [[nodiscard]] Status random_weights(const Phase& phase, int step);
  void compare_with_random_weights(const cam::HeatMap& map);
  void measure_completeness();

  [[nodiscard]] Status plan();
  [[nodiscard]] Status predict();
  [[nodiscard]] Status keep_activations();
  [[nodiscard]] Status room_for_maps() const;
  void add_map(int layer, int pass, cam::HeatMap map);

  const image::Image& picture_;
  model::Model& model_;
  Request request_;
  nn::ThreadPool& pool_;
  efficientnet::Network& network_;

  std::vector<Phase> phases_;
  std::size_t phase_ = 0;
  int step_ = 0;  // of the phase
  bool phase_done_ = false;
  double done_ = 0, total_ = 0;

  image::Input input_;
  std::vector<float> shown_;  // the input of this pass
  Objective objective_;
  double value_ = 0;  // of the objective, in this pass
  std::vector<float> seed_;
  int batch_ = 1;
  std::vector<ChannelPasses::Subject> subjects_;  // a layer each
  std::optional<ChannelPasses> passes_;
  std::vector<cam::HeatMap> unguided_;  // this pass's, that guided gradients are multiplied by
  std::vector<cam::HeatMap> maps_;  // of each layer: the sum over the passes
  std::optional<Judge> judge_;
  std::optional<double> completeness_;
  std::unique_ptr<model::Model> random_model_;
  std::unique_ptr<Explanation> random_;  // of the same by random_model_
  CellResult result_;
};

}  // namespace effcam::compare
