// The finished results of a board: immutable values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cam/overlay.h"
#include "compare/judgement.h"
#include "compare/request.h"
#include "image/image.h"

namespace effcam::compare {

struct Prediction {
  int index = 0;
  std::string label;
  float logit = 0, probability = 0;
};

struct Milliseconds {
  double decode = 0;  // of the picture's file, and its preprocessing for this model
  double forward = 0;
  double map = 0;
};

// (image, model, target, layer, method) → this.
struct CellResult {
  std::vector<Prediction> top;  // the five most probable, best first
  Prediction target;            // the class explained
  Prediction against;           // index −1: no contrast
  std::string layer;            // "head"; "stage3,stage5"
  std::string method;           // "grad-cam"
  cam::HeatMap map;             // raw, before any normalisation; of several layers: the mean of normalised maps in [0, 1]
  efficientnet::Precision precision = efficientnet::Precision::f32;  // of the model
  bool flat = false;            // no positive evidence (signed: none at all)
  bool is_signed = false;       // negative values speak against the target
  bool counterfactual = false;  // the map is of the negated target
  bool smooth = false;          // the mean over changed inputs
  Score score = Score::logit;   // of the target, that the map explains
  Milliseconds ms;
  image::Image seen;          // exactly what the network was shown, size × size
  image::Box box;             // which part of the upright picture that is
  std::vector<float> logits;  // where the request asks for them
  std::optional<Judgement> judgement;  // the same
};

// The map as colours show it: x/limit within [0, 1], or by the map's own range where `limit` is 0; a signed map's 0 is
// 0.5.
[[nodiscard]] cam::HeatMap shown_map(const CellResult& result, float limit);
// The diverging colours for a signed map, `chosen` for another.
[[nodiscard]] cam::ColourMap shown_colours(const CellResult& result, cam::ColourMap chosen);

// What the board knows of a picture: shown before any model has run.
struct PictureInfo {
  int width = 0, height = 0;  // upright
  image::Image thumbnail;     // the whole picture, no side above 512 pixels
  double decode_ms = 0;
};

struct ModelInfo {
  std::string variant;  // "EfficientNet-B0"
  std::string dialect, family, title;
  int size = 0;  // of the input
  int classes = 0;
  int blocks = 0, stages = 0;
  double load_ms = 0;
  std::vector<std::string> labels;
};

}  // namespace effcam::compare
