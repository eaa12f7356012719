// Pixels taken out of a picture and guessed from those around them, so that a network sees neither the pixels nor the
// outline of the hole: the linear part of the noisy linear imputation of ROAD (Rong et al. 2022, "A consistent and
// efficient evaluation strategy for attribution methods").
#pragma once

#include <cstdint>
#include <span>

namespace effcam::compare {

// `values`: height × width × 3; `removed`: height × width, not 0 where a pixel is to be guessed (what it held does not
// matter). Every guess becomes the mean of its eight neighbours, known or guessed, a direct one with the weight 1/6 and
// a diagonal one with 1/12, over those that exist. Where every pixel is removed there is nothing to guess from: all 0,
// the mean colour.
void impute(std::span<float> values, int height, int width, std::span<const std::uint8_t> removed);

}  // namespace effcam::compare
