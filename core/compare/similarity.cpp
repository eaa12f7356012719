#include "compare/similarity.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/result.h"

namespace effcam::compare {

namespace {

double mean_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// In double: no difference of floats overflows there, and no square of one vanishes. Neither may be constant.
double correlation(std::span<const float> a, std::span<const float> b) {
  const double mean_a = mean_of(a), mean_b = mean_of(b);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i] - mean_a, y = b[i] - mean_b;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0);
}

double overlap(const std::vector<bool>& a, const std::vector<bool>& b) {
  int both = 0, either = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += a[i] && b[i];
    either += a[i] || b[i];
  }
  return static_cast<double>(both) / either;
}

}  // namespace

std::vector<float> average_ranks(std::span<const float> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<float> ranks(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    // The places first … end − 1 have the ranks first + 1 … end.
    const auto shared = static_cast<float>(first + 1 + end) / 2;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

std::vector<bool> top_fifth(std::span<const float> values) {
  std::vector<bool> inside(values.size());
  if (values.empty()) return inside;
  std::vector<float> sorted(values.begin(), values.end());
  const auto last = sorted.begin() + (std::max<std::ptrdiff_t>(1, std::ssize(sorted) / 5) - 1);
  std::ranges::nth_element(sorted, last, std::ranges::greater{});
  const float limit = *last, smallest = std::ranges::min(values);
  for (std::size_t i = 0; i < values.size(); ++i) inside[i] = values[i] >= limit && values[i] > smallest;
  return inside;
}

Samples::Samples(std::vector<float> values)
    : values_(std::move(values)), ranks_(average_ranks(values_)), top_(top_fifth(values_)) {}

std::optional<Samples> Samples::of(std::vector<float> values) {
  const bool finite = std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  const bool constant = std::ranges::adjacent_find(values, std::ranges::not_equal_to{}) == values.end();
  if (!finite || constant) return std::nullopt;
  return Samples(std::move(values));
}

Similarity Samples::similarity(const Samples& other) const {
  EFFCAM_CHECK(values_.size() == other.values_.size());
  return {correlation(values_, other.values_), correlation(ranks_, other.ranks_), overlap(top_, other.top_)};
}

}  // namespace effcam::compare
