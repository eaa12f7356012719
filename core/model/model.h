// A model: variant + checkpoint + family, ready to run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "checkpoint/checkpoint.h"
#include "efficientnet/network.h"
#include "image/image.h"

namespace effcam::model {

struct Options {
  checkpoint::Options checkpoint;
  bool gradients = false;
  efficientnet::Precision precision = efficientnet::Precision::f32;
  efficientnet::Operators operators = efficientnet::Operators::fused;
  bool warp = false;  // the original comparison's preprocessing: the picture warped to a square
  int size = 0;       // the side of the input, 0 for the checkpoint's own
};

struct Model {
  checkpoint::Description description;
  std::vector<std::string> labels;  // one a class: the file's own, ImageNet's for 1000 classes, else "class N"
  efficientnet::Network network;
};

// Errors are sentences about the file; the caller adds its name. The file may go when this returns.
[[nodiscard]] Result<std::unique_ptr<Model>> load(const checkpoint::Source& source, const Options& options,
                                                  const efficientnet::Network::Progress& progress = {});
// The same of a file in memory.
[[nodiscard]] Result<std::unique_ptr<Model>> load(std::span<const std::uint8_t> bytes, const Options& options,
                                                  const efficientnet::Network::Progress& progress = {});

// The 1000 labels of ImageNet.
[[nodiscard]] std::span<const std::string_view> imagenet_labels();

struct Prediction {
  int index = 0;
  float logit = 0, probability = 0;
};
// Softmax in double precision.
[[nodiscard]] std::vector<float> softmax(std::span<const float> logits);
// The `count` largest, best first; ties by index.
[[nodiscard]] std::vector<Prediction> top(std::span<const float> logits, int count);

// A class by index, exact label (any of its comma-separated names, case ignored), or a part of a label that only one
// class has. Errors list up to five candidates.
[[nodiscard]] Result<int> find_class(std::string_view text, std::span<const std::string> labels);

}  // namespace effcam::model
