// Should I believe this heat map? The perturbed inputs that judge it, and the scores of what the network says to them.
// Nothing here runs a network: the caller does, in steps of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cam/cam.h"

namespace effcam::compare {

// The confidence in the target while more and more pixels change.
struct Curve {
  std::vector<float> share;  // of the pixels, rising from 0 to 1
  std::vector<float> confidence;
  double area = 0;  // under the curve, by trapezoids
};

struct FaithfulnessScores {
  // Petsiuk et al. 2018, "RISE". Deletion: the most relevant pixels become the mean colour, lower is better. Insertion:
  // they come back into a blurred input, higher is better.
  Curve deletion, insertion;
  // Rong et al. 2022, "ROAD": (confidence without the least relevant pixels − without the most relevant)/2, the mean of
  // 20, 40, 60 and 80 % of them removed; in [−½, ½], higher is better.
  double road = 0;
  // Chattopadhay et al. 2018, "Grad-CAM++": what part of the confidence is lost when only the map's part is shown (0…1,
  // lower is better), and whether it even rose.
  double drop = 0;
  bool increase = false;
};

// The trials of one heat map of one input: make(0), …, make(count() − 1) go through the network, and scores() takes
// their confidences. About 50; they are made one by one.
class Trials {
 public:
  // The first trials depend on the input alone: of several maps of one input, their confidences are the same.
  static constexpr int kShared = 2;

  // `input`: height × width × 3, normalised as the network takes it, so that 0 is the mean colour. `map`: raw and
  // finite, of any size. `seed` settles the order of pixels of equal value and the noise of ROAD: the same seed for
  // every map of an input makes them comparable.
  Trials(std::span<const float> input, int height, int width, const cam::HeatMap& map, std::uint32_t seed);

  [[nodiscard]] int count() const { return static_cast<int>(trials_.size()); }
  void make(int trial, std::span<float> out) const;  // out: height × width × 3
  // `confidence`: in the target, of the unchanged input; `confidences`: count() of them. One that is not finite counts
  // as 0.
  [[nodiscard]] FaithfulnessScores scores(float confidence, std::span<const float> confidences) const;

 private:
  enum class Kind {
    deletion,     // the first `pixels` of the order become 0
    insertion,    // the first `pixels` of the order are the input's, the others blurred
    most_first,   // ROAD: the first `pixels` are imputed
    least_first,  // ROAD: the last
    product,      // input ∘ normalised map
  };
  struct Trial {
    Kind kind;
    std::size_t pixels = 0;
  };

  void plan();
  void impute_some(std::span<const std::uint32_t> pixels, std::span<float> out) const;
  [[nodiscard]] float share(const Trial& trial) const;

  int height_, width_;
  std::vector<float> input_, blurred_;  // height × width × 3
  std::vector<float> strength_;         // height × width: the normalised map
  std::vector<std::uint32_t> order_;    // pixels, the most relevant first
  std::uint32_t seed_;
  std::vector<Trial> trials_;
};

// Maps to compare with, in [0, 1]: one that knows nothing (the same numbers on every platform), and one that knows only
// where people put what they photograph. Ask for the size of the map that is judged: a finer one is another opponent.
[[nodiscard]] cam::HeatMap random_map(int height, int width, std::uint32_t seed);
// A Gaussian around the centre; its standard deviation is a quarter of the side.
[[nodiscard]] cam::HeatMap centre_map(int height, int width);

}  // namespace effcam::compare
