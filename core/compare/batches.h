// Many forward passes from one layer on, in batches and in steps that a caller can stop between.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "efficientnet/network.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

// The network's plan is replaced by the first step. Holds a reference to the network: it outlives this.
class Batches {
 public:
  // `count` passes, `batch` at once, that begin at `from`, whose activations have `shape`. To make one of these takes as
  // much memory as `beside` of them have.
  Batches(efficientnet::Network& network, efficientnet::Layer from, const efficientnet::LayerShape& shape, int count,
          int batch, int beside = 1)
      : network_(network), from_(from), shape_(shape), count_(count), batch_(batch), beside_(beside) {}

  [[nodiscard]] int steps() const { return steps_of(network_, from_, count_, batch_); }
  [[nodiscard]] static int steps_of(const efficientnet::Network& network, efficientnet::Layer from, int count,
                                    int batch) {
    return (count + batch - 1) / batch * network.forward_steps_from(from);
  }

  using Make = std::function<void(int pass, std::span<float> values)>;          // on any thread
  using Take = std::function<void(int pass, std::span<const float> logits)>;
  [[nodiscard]] Status step(int step, const Make& make, const Take& take, nn::ThreadPool& pool);

 private:
  efficientnet::Network& network_;
  efficientnet::Layer from_;
  efficientnet::LayerShape shape_;
  int count_, batch_, beside_;
  std::vector<float> inputs_;
};

}  // namespace effcam::compare
