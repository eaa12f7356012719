// The forward and the backward program of one network, on operators of nn/.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "architecture/architecture.h"
#include "architecture/parameters.h"
#include "base/result.h"
#include "efficientnet/config.h"
#include "efficientnet/layer.h"
#include "efficientnet/profile.h"
#include "nn/own/kernels.h"
#include "nn/thread_pool.h"

namespace effcam::efficientnet {

// What one plan computes and keeps.
struct Wanted {
  std::vector<Layer> layers;  // activations to keep
  // Gradients of that many targets at once at every layer of `layers` that lies before the head's features; 0: no
  // backward pass. Needs Config::gradients unless every layer is head or head.raw.
  int targets = 0;
  bool repeatable = false;  // the backward pass can run again after the same forward pass: takes more memory
};

// height × width × channels of one image.
struct LayerShape {
  int height = 0, width = 0, channels = 0;
};

// Weights packed once, and the buffers of one plan. Not thread-safe: one caller at a time.
class Network {
 public:
  // Called after each packed part with the share done, 0 to 1; returning false stops with a cancelled error.
  using Progress = std::function<bool(double)>;
  [[nodiscard]] static Result<Network> create(const Config& config, const architecture::ParameterSource& parameters,
                                              const Progress& progress = {});
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  [[nodiscard]] const Config& config() const;

  // Plans passes over `images` inputs of height × width × 3. Repeating the current plan costs nothing. Errors: a size
  // below 32 or so large that sizes overflow; a layer the variant has not; memory.
  [[nodiscard]] Status plan(int images, int height, int width, const Wanted& wanted, nn::ThreadPool& pool);

  // Plans forward passes that begin at `from`, on `images` activations of that layer with `shape`; nothing is kept but
  // the logits. Errors: the same.
  [[nodiscard]] Status plan_from(Layer from, const LayerShape& shape, int images, nn::ThreadPool& pool);

  // The forward pass in steps (stem, each block, head), so that a caller can report and stop between them.
  // `input`: images × height × width × 3 (or the activations of plan_from), the same at every step.
  [[nodiscard]] int forward_steps() const;
  [[nodiscard]] int forward_steps_from(Layer layer) const;  // of a plan_from
  void forward_step(int step, std::span<const float> input, nn::ThreadPool& pool);
  void forward(std::span<const float> input, nn::ThreadPool& pool);  // all of them

  // `passes` forward passes, each operator timed (mean_of_faster_half).
  [[nodiscard]] Profile profile(std::span<const float> input, nn::ThreadPool& pool, int passes);

  // What the planned forward pass multiplies. The plan is of whole passes.
  [[nodiscard]] Work work() const;

  // images × classes, valid after the last forward step until the next pass.
  [[nodiscard]] std::span<const float> logits() const;

  // The backward pass of image 0 from `seeds` (targets × classes: ∂target/∂logit), in steps; with
  // Wanted::repeatable it can be run again with other seeds or another rule.
  [[nodiscard]] int backward_steps() const;
  [[nodiscard]] int backward_steps_to(Layer layer) const;  // those after which the gradient of `layer` is known
  void backward_step(int step, std::span<const float> seeds, nn::ThreadPool& pool,
                                     nn::SwishRule rule = nn::SwishRule::plain);
  void backward(std::span<const float> seeds, nn::ThreadPool& pool,
                                nn::SwishRule rule = nn::SwishRule::plain);

  // Kept values, HWC; valid until the next pass. The layer is one of Wanted::layers.
  [[nodiscard]] LayerShape shape(Layer layer) const;
  [[nodiscard]] std::span<const float> activation(Layer layer, int image = 0) const;
  [[nodiscard]] std::span<const float> gradient(Layer layer, int target = 0) const;

  // ∂(Σ_k seed_k·logit_k)/∂layer in closed form for head (one value a channel, the same at every position: `out` has
  // H·W·C values) and head.raw.  `seed` has `classes` values. Needs no Config::gradients and no backward pass.
  void head_gradient(Layer layer, std::span<const float> seed, std::span<float> out) const;
  // The classifier's bias, one a class.
  [[nodiscard]] std::span<const float> classifier_bias() const;

  // Bytes of the current plan's activations, gated weights among them, and of the packed weights. XNNPACK's operators are
  // not part of either: nn::xnnpack::operator_bytes().
  [[nodiscard]] std::size_t activation_bytes() const;
  [[nodiscard]] std::size_t weight_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  explicit Network(std::unique_ptr<State> state);
};

}  // namespace effcam::efficientnet
