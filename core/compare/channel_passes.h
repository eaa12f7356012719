// The methods that weigh a layer's channels by forward passes: Score-CAM and Ablation-CAM.
#pragma once

#include <span>
#include <vector>

#include "compare/batches.h"
#include "compare/objective.h"

namespace effcam::compare {

// One forward pass for each channel of a layer: of the input under the channel as a mask, or from the layer on with the
// channel left out. The network's plan is replaced. Holds a reference to the network: it outlives this.
class ChannelPasses {
 public:
  struct Subject {
    cam::Method method = cam::Method::score_cam;
    efficientnet::Layer layer;
    efficientnet::LayerShape shape;
    std::vector<float> activation;  // of `layer` for the input
    efficientnet::LayerShape input_shape;
    std::vector<float> input;
    double value = 0;  // the objective's, for the input
  };
  ChannelPasses(efficientnet::Network& network, Subject subject, int batch);

  [[nodiscard]] int steps() const { return batches_.steps(); }
  [[nodiscard]] Status step(int step, const Objective& objective, nn::ThreadPool& pool);

  // After the last step: the map of the activation's channels by their weights.
  [[nodiscard]] cam::HeatMap map(cam::Sign sign) const;

 private:
  [[nodiscard]] bool masks() const { return subject_.method == cam::Method::score_cam; }
  [[nodiscard]] cam::Field activation() const;
  void mask(int channel, std::span<float> out) const;
  void ablate(int channel, std::span<float> out) const;
  [[nodiscard]] std::vector<float> weights() const;

  Subject subject_;
  Batches batches_;
  std::vector<double> scores_;  // of the objective, for each channel
};

// Where the passes of a channel begin: the input under a mask, or the layer with a channel left out.
[[nodiscard]] efficientnet::Layer start_of(cam::Method method, efficientnet::Layer layer);

}  // namespace effcam::compare
