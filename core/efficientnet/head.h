// The head: 1×1 convolution, batch norm, swish, average pool, classifier. The batch norm is not folded: maps are taken on
// either side of it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "efficientnet/packer.h"
#include "efficientnet/plain_steps.h"

namespace effcam::efficientnet {

class Head {
 public:
  [[nodiscard]] static Result<Head> pack(const Packer& packer, int native);

  // `keep_features`: the features after the swish are wanted as a layer. `for_backward`: of the convolution too.
  [[nodiscard]] Status plan_forward(Plan& plan, const Value& input, bool keep_features, bool for_backward);
  void forward(const Run& run);
  [[nodiscard]] Work work() const { return convolution_.work() + classifier_work(); }  // of the planned forward pass
  // For passes that begin at the raw convolution or at the features, whose values the caller writes.
  [[nodiscard]] Status plan_from_raw(Plan& plan, const nn::Shape& shape);
  void forward_from_raw(const Run& run);
  [[nodiscard]] Status plan_from_features(Plan& plan, const nn::Shape& shape);
  void forward_from_features(const Run& run);
  [[nodiscard]] std::span<const float> logits() const { return logits_; }

  // From seeds (targets × classes) to the gradient at the head's input.
  [[nodiscard]] Result<Value> plan_backward(Plan& plan);
  void backward(const Run& run, std::span<const float> seeds);

  // Closed forms for one seed; see Network::head_gradient.
  void features_gradient(std::span<const float> seed, std::span<float> out) const;
  void raw_gradient(const nn::Arena& arena, nn::SwishRule rule, std::span<const float> seed, std::span<float> out) const;

  [[nodiscard]] const Value& raw() const { return raw_; }
  [[nodiscard]] const Value& features() const { return features_; }
  [[nodiscard]] const nn::Linear& classifier() const { return classifier_; }
  [[nodiscard]] std::size_t weight_bytes() const { return convolution_.weight_bytes() + classifier_.weight_bytes(); }

 private:
  [[nodiscard]] Status plan_outputs(const nn::Shape& shape, int threads);
  // From what the head's input is to the means of the features over the positions, and from those to the logits.
  void swish_and_pool(const Run& run);
  void pool(const Run& run);
  void classify(const Run& run);
  [[nodiscard]] Work classifier_work() const;
  void divide_by_positions();
  Head(DenseConvolution convolution, FoldedNorm norm, nn::Linear classifier)
      : convolution_(std::move(convolution)), norm_(std::move(norm)), classifier_(std::move(classifier)) {}
  // Σ_k seed_k·W_kc/HW for each channel.
  [[nodiscard]] std::vector<float> channel_weights(std::span<const float> seed) const;

  DenseConvolution convolution_;
  FoldedNorm norm_;
  nn::Linear classifier_;
  std::optional<HeadSteps> plain_;  // of the plain twin
  Value raw_, features_, raw_gradient_;
  std::vector<float> pooled_, logits_;
};

}  // namespace effcam::efficientnet
