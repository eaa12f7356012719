// How close a model's answers in another precision are to those in f32, over many images.
#pragma once

#include "compare/cell.h"
#include "model/model.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

struct Fidelity {
  int images = 0, same_class = 0;  // the best class is the same
  double difference = 0, worst_difference = 0;  // |p − p'| of f32's best class: the mean and the largest
  int maps = 0;                    // that could be compared
  double rank = 0, worst_rank = 1;  // Spearman's correlation of the two maps of that class

  // `exact` explains its best class, `other` the same class.
  void add(const CellResult& exact, const CellResult& other);
};

// Grad-CAM at the head's features of each picture by both models, which have the same weights.
[[nodiscard]] Result<Fidelity> fidelity(std::span<const image::Image> pictures, model::Model& exact,
                                        model::Model& other, nn::ThreadPool& pool);

}  // namespace effcam::compare
