// What a cell is asked for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cam/cam.h"
#include "efficientnet/layer.h"

namespace effcam::compare {

struct Request {
  // The target as the user wrote it: "top1", a class's index, its name, or "A-B" for A against B. Each model resolves it
  // with its own labels (resolve_target).
  std::string target = "top1";
  std::vector<efficientnet::Layer> layers = {{}};  // several: the mean of their normalised maps
  cam::Method method = cam::Method::grad_cam;
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

// "head" or "stage3,stage5".
[[nodiscard]] std::string layers_text(std::span<const efficientnet::Layer> layers);
[[nodiscard]] Result<std::vector<efficientnet::Layer>> parse_layers(std::string_view text);

}  // namespace effcam::compare
