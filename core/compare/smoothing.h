// Test-time smoothing: the mean of the maps of an input and its mirror image, each at three contrasts (as
// pytorch-grad-cam's aug_smooth does).
#pragma once

#include <vector>

#include "cam/cam.h"
#include "image/image.h"

namespace effcam::compare {

inline constexpr int kSmoothingPasses = 6;

// The input of pass 0, the input itself, to kSmoothingPasses − 1.
[[nodiscard]] std::vector<float> smoothed_input(const image::Input& input, int pass);
// Turns a map of the pass's input into one of the input itself.
void straighten(cam::HeatMap& map, int pass);

}  // namespace effcam::compare
