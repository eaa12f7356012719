// The methods that weigh a layer's channels by forward passes: Score-CAM and Ablation-CAM.
#pragma once

#include <span>
#include <vector>

#include "compare/objective.h"
#include "efficientnet/network.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

// One forward pass for each channel of a layer, in batches and in steps that a caller can stop between. The network's
// plan is replaced. Holds a reference to the network: it outlives this.
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
  ChannelPasses(efficientnet::Network& network, Subject subject, int batch)
      : network_(network), subject_(std::move(subject)), batch_(batch), scores_(subject_.shape.channels) {}

  // Steps of all channels of `layer` on a network of that many parts from where the passes begin.
  [[nodiscard]] static int steps(int channels, int batch, int forward_steps) {
    return (channels + batch - 1) / batch * forward_steps;
  }
  [[nodiscard]] Status step(int step, const Objective& objective, nn::ThreadPool& pool);

  // After the last step: the map of the activation's channels by their weights.
  [[nodiscard]] cam::HeatMap map(cam::Sign sign) const;

 private:
  [[nodiscard]] bool masks() const { return subject_.method == cam::Method::score_cam; }
  [[nodiscard]] cam::Field activation() const;
  void fill(int first, nn::ThreadPool& pool);
  void mask(int channel, std::span<float> out) const;
  void ablate(int channel, std::span<float> out) const;
  [[nodiscard]] std::vector<float> weights() const;

  efficientnet::Network& network_;
  Subject subject_;
  int batch_;
  std::vector<float> inputs_;
  std::vector<double> scores_;  // of the objective, for each channel
};

// Where the passes of a channel begin: the input under a mask, or the layer with a channel left out.
[[nodiscard]] efficientnet::Layer start_of(cam::Method method, efficientnet::Layer layer);

}  // namespace effcam::compare
