// What a network has answered, in words.
#pragma once

#include <span>
#include <vector>

#include "compare/cell.h"
#include "model/model.h"

namespace effcam::compare {

// Holds references to the model and its logits: both outlive it.
class Answer {
 public:
  // Errors: logits that are not finite.
  [[nodiscard]] static Result<Answer> of(const model::Model& model, std::span<const float> logits);

  [[nodiscard]] Prediction prediction(int index) const;
  [[nodiscard]] std::vector<Prediction> top(int count) const;  // the most probable, best first

 private:
  Answer(const model::Model& model, std::span<const float> logits)
      : model_(model), logits_(logits), probabilities_(model::softmax(logits)) {}
  const model::Model& model_;
  std::span<const float> logits_;
  std::vector<float> probabilities_;
};

inline constexpr int kTop = 5;  // predictions of a result

// What a result says of its request.
void describe(CellResult& result, const Request& request, const efficientnet::Network& network);
// `maps`, one a layer of the request, as the result's one.
void set_map(CellResult& result, std::vector<cam::HeatMap> maps);

}  // namespace effcam::compare
