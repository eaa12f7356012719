// From one picture and one model to a finished cell, in steps.
#pragma once

#include <memory>

#include "compare/cell.h"
#include "image/image.h"
#include "model/model.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

// True when the request needs a backward pass through the blocks: the model must have been packed with gradients.
[[nodiscard]] bool needs_gradients(const Request& request);

// Holds references to the picture and the model: both outlive it.
class Explanation {
 public:
  Explanation(const image::Image& picture, model::Model& model, Request request, nn::ThreadPool& pool);

  // One step: the input, a block forward or backward, or the map. True while there is more to do.
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] double share() const;
  // After the last step.
  [[nodiscard]] CellResult take() { return std::move(result_); }

 private:
  [[nodiscard]] Status prepare();
  [[nodiscard]] Status predict();
  [[nodiscard]] Status make_map();
  [[nodiscard]] Result<cam::HeatMap> layer_map(efficientnet::Layer layer) const;

  const image::Image& picture_;
  model::Model& model_;
  Request request_;
  nn::ThreadPool& pool_;
  image::Input input_;
  std::vector<float> seed_;
  CellResult result_;
  int step_ = 0, steps_ = 0;
};

}  // namespace effcam::compare
