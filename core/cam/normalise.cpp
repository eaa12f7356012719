#include <algorithm>
#include <cstddef>
#include <vector>

#include "cam/cam.h"

namespace effcam::cam {

namespace {

// Where an output row or column reads: first + weight·(second − first).
struct Tap {
  std::size_t first = 0, second = 0;
  double weight = 0;
};

// Of `to` samples over [start, start + length) of an axis of `count` values.
std::vector<Tap> taps(double start, double length, int count, int to) {
  std::vector<Tap> result(static_cast<std::size_t>(to));
  const double step = length / to;
  for (int i = 0; i < to; ++i) {
    const double centre = std::clamp(start + (i + 0.5) * step - 0.5, 0.0, count - 1.0);
    const auto first = static_cast<std::size_t>(centre);
    result[static_cast<std::size_t>(i)] = {first, std::min(first + 1, static_cast<std::size_t>(count) - 1),
                                           centre - static_cast<double>(first)};
  }
  return result;
}

// This form gives back exactly `a` where both ends are the same, so that a plateau of 1 stays 1.
double mix(double a, double b, double weight) { return a + weight * (b - a); }

}  // namespace

float minimum(const HeatMap& map) { return map.values.empty() ? 0 : *std::ranges::min_element(map.values); }
float maximum(const HeatMap& map) { return map.values.empty() ? 0 : *std::ranges::max_element(map.values); }
float extent(const HeatMap& map, bool is_signed) {
  return is_signed ? std::max(maximum(map), -minimum(map)) : maximum(map);
}
bool is_flat(const HeatMap& map, bool is_signed) { return !(extent(map, is_signed) > 0); }

HeatMap normalise(const HeatMap& map) {
  const double low = minimum(map), range = maximum(map) - low;  // in double: the difference of floats can overflow
  HeatMap result{map.height, map.width, std::vector<float>(map.values.size())};
  if (!(range > 0)) return result;
  std::ranges::transform(map.values, result.values.begin(),
                         [=](float value) { return static_cast<float>((value - low) / range); });
  return result;
}

HeatMap normalise(const HeatMap& map, float limit) {
  HeatMap result{map.height, map.width, std::vector<float>(map.values.size())};
  if (!(limit > 0)) return result;
  std::ranges::transform(map.values, result.values.begin(),
                         [=](float value) { return static_cast<float>(std::clamp(double{value} / limit, 0.0, 1.0)); });
  return result;
}

HeatMap upsample(const HeatMap& map, int height, int width) {
  return resample(map, {0, 0, static_cast<double>(map.height), static_cast<double>(map.width)}, height, width);
}

HeatMap resample(const HeatMap& map, const Part& part, int height, int width) {
  EFFCAM_CHECK(map.height > 0 && map.width > 0 && height > 0 && width > 0);
  EFFCAM_CHECK(map.values.size() == static_cast<std::size_t>(map.height) * static_cast<std::size_t>(map.width));
  const std::vector<Tap> rows = taps(part.top, part.height, map.height, height);
  const std::vector<Tap> columns = taps(part.left, part.width, map.width, width);
  const auto stride = static_cast<std::size_t>(map.width);
  HeatMap result{height, width, {}};
  result.values.reserve(rows.size() * columns.size());
  std::vector<double> line(stride);
  for (const Tap& row : rows) {
    const float *upper = &map.values[row.first * stride], *lower = &map.values[row.second * stride];
    for (std::size_t x = 0; x < stride; ++x) line[x] = mix(upper[x], lower[x], row.weight);
    for (const Tap& column : columns) {
      result.values.push_back(static_cast<float>(mix(line[column.first], line[column.second], column.weight)));
    }
  }
  return result;
}

}  // namespace effcam::cam
