#include "compare/smoothing.h"

#include <algorithm>
#include <array>

namespace effcam::compare {

namespace {

// The normalised input is multiplied: its 0 is the mean colour, so that this is its contrast.
constexpr std::array kContrasts{1.0f, 0.9f, 1.1f};

bool mirrored(int pass) { return pass >= static_cast<int>(kContrasts.size()); }

// Rows of `width` elements of `channels` values.
void mirror(std::vector<float>& values, int width, int channels) {
  const std::size_t row = static_cast<std::size_t>(width) * channels;
  for (std::size_t first = 0; first < values.size(); first += row)
    for (int left = 0, right = width - 1; left < right; ++left, --right)
      std::swap_ranges(values.begin() + static_cast<std::ptrdiff_t>(first + static_cast<std::size_t>(left) * channels),
                       values.begin() + static_cast<std::ptrdiff_t>(first + static_cast<std::size_t>(left + 1) * channels),
                       values.begin() + static_cast<std::ptrdiff_t>(first + static_cast<std::size_t>(right) * channels));
}

}  // namespace

static_assert(kSmoothingPasses == 2 * kContrasts.size());

std::vector<float> smoothed_input(const image::Input& input, int pass) {
  std::vector<float> values = input.values;
  const float contrast = kContrasts[static_cast<std::size_t>(pass) % kContrasts.size()];
  if (contrast != 1)
    for (float& value : values) value *= contrast;
  if (mirrored(pass)) mirror(values, input.width, 3);
  return values;
}

void straighten(cam::HeatMap& map, int pass) {
  if (mirrored(pass)) mirror(map.values, map.width, 1);
}

}  // namespace effcam::compare
