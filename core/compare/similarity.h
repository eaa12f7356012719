// How alike two maps are, as lists of samples in the same places.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace effcam::compare {

// Rank of each value, from 1; equal values share the mean of their ranks.
[[nodiscard]] std::vector<float> average_ranks(std::span<const float> values);

// The fifth of the samples with the largest values. Ties: every sample that is not smaller than the ⌊n/5⌋-th largest (at
// least the 1st) is in, so there can be more than a fifth; but never one that is as small as the smallest, so that the
// empty part of a map does not count as a place that it marks. Nothing of a constant map is in.
[[nodiscard]] std::vector<bool> top_fifth(std::span<const float> values);

struct Similarity {
  double pearson = 0;  // Σ(a − ā)(b − b̄) / √(Σ(a − ā)²·Σ(b − b̄)²)
  double rank = 0;     // Spearman's: the same of the average ranks
  double overlap = 0;  // |A ∩ B| / |A ∪ B| of the top fifths
};

// A map's samples with what every comparison needs of them.
class Samples {
 public:
  // Nothing where the values are constant, or one is not finite: such a map cannot be compared.
  [[nodiscard]] static std::optional<Samples> of(std::vector<float> values);
  [[nodiscard]] const std::vector<float>& values() const { return values_; }
  // Both have the same number of samples.
  [[nodiscard]] Similarity similarity(const Samples& other) const;

 private:
  explicit Samples(std::vector<float> values);
  std::vector<float> values_, ranks_;
  std::vector<bool> top_;
};

}  // namespace effcam::compare
