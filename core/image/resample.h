// Resampling a part of the output only: what a crop of a resized picture needs.
#pragma once

#include <cstdint>

#include "image/image.h"

namespace effcam::image {

// One axis: [begin, end) of the source, in its pixels, becomes `size` pixels, of which [first, first + count) are made.
struct Axis {
  double begin = 0, end = 0;
  std::int64_t size = 0, first = 0;
  int count = 0;
};

// Each pixel is the same as if the whole output had been made.
[[nodiscard]] Image resample(const Image& source, Filter filter, const Axis& x, const Axis& y);

}  // namespace effcam::image
