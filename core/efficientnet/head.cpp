#include "efficientnet/head.h"

#include <algorithm>

#include "efficientnet/recorder.h"

namespace effcam::efficientnet {

Result<Head> Head::pack(const Packer& packer, int native) {
  const architecture::Variant& variant = *packer.config().variant;
  const int in = variant.blocks.back().out;
  EFFCAM_TRY(DenseConvolution convolution, packer.convolution("head", {in, variant.head}, native, false));
  EFFCAM_TRY(FoldedNorm norm, packer.norm("head.bn"));
  EFFCAM_TRY(nn::Linear classifier, packer.linear("classifier", variant.head, packer.config().classes, true));
  Head head(std::move(convolution), std::move(norm), std::move(classifier));
  if (packer.config().operators == Operators::xnnpack) head.plain_.emplace();
  return head;
}

Status Head::plan_forward(Plan& plan, const Value& input, bool keep_features, bool for_backward) {
  plan.tick();
  EFFCAM_TRY(raw_, convolution_.plan_forward(plan, input, {.for_backward = for_backward}));
  plan.keep(raw_);  // every map of the head is made of it
  features_ = {-1, raw_.shape};
  if (keep_features || plain_) features_ = plan.make(raw_.shape);
  if (keep_features) plan.keep(features_);
  if (plain_) EFFCAM_RETURN_IF_ERROR(plain_->plan(plan, raw_, features_));
  return plan_outputs(raw_.shape, plan.pool().threads());
}

Status Head::plan_outputs(const nn::Shape& shape, int threads) {
  pooled_.resize(static_cast<std::size_t>(shape.images) * shape.channels);
  logits_.resize(static_cast<std::size_t>(shape.images) * classifier_.out());
  return classifier_.plan(shape.images, threads);
}

Status Head::plan_from_raw(Plan& plan, const nn::Shape& shape) {
  raw_ = plan.make(shape);
  features_ = {-1, shape};
  if (plain_) {
    features_ = plan.make(shape);
    EFFCAM_RETURN_IF_ERROR(plain_->plan(plan, raw_, features_));
  }
  return plan_outputs(shape, plan.pool().threads());
}

Status Head::plan_from_features(Plan& plan, const nn::Shape& shape) {
  raw_ = {-1, shape};
  features_ = plan.make(shape);
  if (plain_) EFFCAM_RETURN_IF_ERROR(plain_->plan_mean(features_));
  return plan_outputs(shape, plan.pool().threads());
}

void Head::forward(const Run& run) {
  {
    const Timed timed(run, "convolution", convolution_.work());
    convolution_.forward(run);
  }
  forward_from_raw(run);
}

void Head::forward_from_raw(const Run& run) {
  swish_and_pool(run);
  classify(run);
}

void Head::forward_from_features(const Run& run) {
  pool(run);
  classify(run);
}

void Head::swish_and_pool(const Run& run) {
  if (plain_) return plain_->forward(run, norm_, pooled_);
  const Timed timed(run, "swish+pool", {});
  const std::size_t channels = raw_.shape.channels, values = raw_.shape.image_values();
  const float* raw = run.data(raw_);
  float* features = features_.buffer < 0 ? nullptr : run.data(features_);
  for (int n = 0; n < raw_.shape.images; ++n)
    nn::kernels().affine_swish(raw + n * values, norm_.scale.data(), norm_.shift.data(),
                               features ? features + n * values : nullptr, pooled_.data() + n * channels,
                               raw_.shape.positions(), channels);
  divide_by_positions();
}

void Head::pool(const Run& run) {
  if (plain_) return plain_->mean(run, pooled_);
  const Timed timed(run, "pool", {});
  const std::size_t channels = features_.shape.channels;
  const float* position = run.data(features_);
  std::ranges::fill(pooled_, 0.0f);
  for (int n = 0; n < features_.shape.images; ++n) {
    float* sums = pooled_.data() + n * channels;
    for (std::size_t p = 0; p < features_.shape.positions(); ++p, position += channels)
      nn::kernels().add(sums, position, sums, channels);
  }
  divide_by_positions();
}

void Head::divide_by_positions() {
  for (float& sum : pooled_) sum /= static_cast<float>(raw_.shape.positions());
}

void Head::classify(const Run& run) {
  const Timed timed(run, "classifier", classifier_work());
  classifier_.forward(pooled_.data(), logits_.data(), run.pool);
}

Work Head::classifier_work() const {
  return {1.0 * raw_.shape.images * classifier_.in() * classifier_.out(), classifier_.xnnpack_multiply_adds()};
}

Result<Value> Head::plan_backward(Plan& plan) {
  plan.tick();
  nn::Shape shape = raw_.shape;
  shape.images = plan.targets();
  raw_gradient_ = plan.make(shape);
  return convolution_.plan_backward(plan, raw_gradient_);
}

void Head::backward(const Run& run, std::span<const float> seeds) {
  const std::size_t classes = classifier_.out(), values = raw_.shape.image_values();
  float* gradient = run.data(raw_gradient_);
  for (int target = 0; target < raw_gradient_.shape.images; ++target)
    raw_gradient(run.arena, run.rule, seeds.subspan(target * classes, classes), {gradient + target * values, values});
  convolution_.backward(run);
}

std::vector<float> Head::channel_weights(std::span<const float> seed) const {
  std::vector<float> weights(classifier_.in());
  classifier_.backward(seed, weights);
  for (float& weight : weights) weight /= static_cast<float>(raw_.shape.positions());
  return weights;
}

void Head::features_gradient(std::span<const float> seed, std::span<float> out) const {
  const std::vector<float> weights = channel_weights(seed);
  for (std::size_t p = 0; p < raw_.shape.positions(); ++p) std::ranges::copy(weights, out.begin() + p * weights.size());
}

void Head::raw_gradient(const nn::Arena& arena, nn::SwishRule rule, std::span<const float> seed,
                        std::span<float> out) const {
  const std::vector<float> weights = channel_weights(seed);
  nn::kernels().affine_swish_gradient(arena.data(raw_.buffer), norm_.scale.data(), norm_.shift.data(), weights.data(),
                                      out.data(), rule, raw_.shape.positions(), raw_.shape.channels);
}

}  // namespace effcam::efficientnet
