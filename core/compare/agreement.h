// Do the models agree on an image? Pure functions of its finished cells: how alike the models' maps are, what they show
// together, and which models name the same class.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/cell.h"
#include "compare/similarity.h"

namespace effcam::compare {

// --- the maps of one image ---

// The part of the picture that all boxes share; nothing where there is none.
[[nodiscard]] std::optional<image::Box> intersection(std::span<const image::Box> boxes);
// side × side samples of `map`, which covers `covers`, at the centres of a grid over `part`: bilinear with half-pixel
// centres, the edges clamped, as cam::upsample.
[[nodiscard]] cam::HeatMap sample(const cam::HeatMap& map, const image::Box& covers, const image::Box& part, int side);

// --- one image ---

struct Vote {
  std::string label;  // as the first of them writes it
  std::vector<int> models;
};

struct Pair {
  int a = 0, b = 0;  // a < b
  bool same_class = false;
  std::optional<Similarity> maps;  // undefined where either map is flat or constant over the common box, or there is none
};

struct Agreement {
  static constexpr int side = 64;  // of the grid that the maps are compared on

  int models = 0;           // that have answered
  std::vector<Vote> votes;  // the classes that they name (upper and lower case are one), most named first, then by model
  std::vector<Pair> pairs;  // of the models that have answered
  std::optional<image::Box> box;  // what all of them saw, in the upright picture's pixels
  // Over `box`, side × side, of the maps that are not undefined there, each normalised to [0, 1] over it: their mean, and
  // their standard deviation (of the population: at most 0.5). Nothing where there are fewer than two such maps.
  std::optional<cam::HeatMap> consensus, disagreement;

  // The class that at least two models name, and more than name any other; null where there is none.
  [[nodiscard]] const Vote* majority() const;
};
inline constexpr float kMostDisagreement = 0.5f;

// `cells`: the image's result of each model, null where there is none. Models are numbered by their place in it.
[[nodiscard]] Agreement agree(std::span<const CellResult* const> cells);

// "3 of 4 say tabby"; "" of fewer than two models.
[[nodiscard]] std::string agreement_sentence(const Agreement& agreement);

// --- many images ---

struct PairMean {
  int a = 0, b = 0;
  int images = 0;         // that both have answered
  int maps = 0;           // of these, those where their maps could be compared
  double same_class = 0;  // share of `images`
  std::optional<Similarity> similarity;  // mean of `maps`
};
// Of every pair that has answered an image in common, in the order of the models.
[[nodiscard]] std::vector<PairMean> mean_agreement(std::span<const Agreement* const> images);

}  // namespace effcam::compare
