// What a cell is asked for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cam/cam.h"
#include "efficientnet/layer.h"
#include "efficientnet/network.h"

namespace effcam::compare {

// The number of a class that is explained.
enum class Score {
  logit,
  probability,  // after the softmax over all classes
};

struct Request {
  // The target as the user wrote it: "top1", a class's index, its name, or "A-B" for A against B. Each model resolves it
  // with its own labels (resolve_target).
  std::string target = "top1";
  std::vector<efficientnet::Layer> layers = {{}};  // several: the mean of their normalised maps
  cam::Method method = cam::Method::grad_cam;
  Score score = Score::logit;
  efficientnet::Precision precision = efficientnet::Precision::f32;  // the engine's model must have it (ModelWanted)
  cam::Sign sign = cam::Sign::non_negative;  // both: what speaks against the target has negative values
  bool counterfactual = false;  // what would change the answer: the map of the negated target (Selvaraju et al. 2017)
  // The mean over the input and its mirror image, each at 0.9, 1 and 1.1 times its contrast: less noise, six passes.
  bool smooth = false;
  bool judge = false;        // also measure whether the map deserves belief (CellResult::judgement)
  bool with_logits = false;  // the result carries every logit
  bool operator==(const Request&) const = default;
};

// The class being explained, and the one it is compared with.
struct Target {
  int index = 0;
  int against = -1;  // −1: no contrast
  bool operator==(const Target&) const = default;
};
// Errors name the text and the nearest labels.
[[nodiscard]] Result<Target> resolve_target(std::string_view text, std::span<const std::string> labels,
                                            std::span<const float> logits);

[[nodiscard]] std::string_view score_name(Score score);  // "logit", "probability"
[[nodiscard]] Result<Score> parse_score(std::string_view name);

// Where a method is asked for when nothing else is said: the head's features; of saliency, the input.
[[nodiscard]] efficientnet::Layer default_layer(cam::Method method);

// "head" or "stage3,stage5".
[[nodiscard]] std::string layers_text(std::span<const efficientnet::Layer> layers);
[[nodiscard]] Result<std::vector<efficientnet::Layer>> parse_layers(std::string_view text);

}  // namespace effcam::compare
