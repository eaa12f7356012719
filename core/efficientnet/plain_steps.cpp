#include "efficientnet/plain_steps.h"

#include <algorithm>

#include "efficientnet/recorder.h"
#include "nn/elementwise.h"

namespace effcam::efficientnet {

using nn::Binary;
using nn::Shape;

// ---- convolution -------------------------------------------------------------------------------------------------------

Result<Value> ConvolutionStep::plan_forward(Plan& plan, const Value& x) {
  plan.tick();
  return convolution_.plan_forward(plan, x);
}

void ConvolutionStep::forward(const Run& run) {
  const Timed timed(run, name_, work());
  convolution_.forward(run);
}

Result<Value> ConvolutionStep::plan_backward(Plan& plan, const Value& dy) {
  plan.tick();
  return convolution_.plan_backward(plan, dy);
}

void ConvolutionStep::backward(const Run& run) { convolution_.backward(run); }

// ---- swish -------------------------------------------------------------------------------------------------------------

Result<Value> SwishStep::plan_forward(Plan& plan, const Value& x) {
  plan.tick();
  plan.use(x);
  x_ = x;
  y_ = plan.make(x.shape);
  EFFCAM_RETURN_IF_ERROR(sigmoid_.plan(x.shape, plan.pool().threads()));
  EFFCAM_RETURN_IF_ERROR(times_.plan(Binary::multiply, x.shape, x.shape, plan.pool().threads()));
  return y_;
}

void SwishStep::forward(const Run& run) {
  const Timed timed(run, name_, {});
  sigmoid_.run(run.data(x_), run.data(y_), run.pool);
  times_.run(run.data(x_), run.data(y_), run.data(y_), run.pool);
}

Result<Value> SwishStep::plan_backward(Plan& plan, const Value& dy) {
  plan.tick();
  plan.use(dy);
  plan.use_in_backward(x_);
  dy_ = dy;
  dx_ = plan.make(dy.shape);
  return dx_;
}

// XNNPACK has no operator for a swish's slope.
void SwishStep::backward(const Run& run) {
  std::copy_n(run.data(dy_), dy_.shape.values(), run.data(dx_));
  nn::swish_gradient(dx_.shape.images, run.data(dx_), run.data(x_), run.rule, x_.shape.image_values(), run.pool);
}

// ---- depthwise convolution -----------------------------------------------------------------------------------------------

Result<Value> DepthwiseStep::plan_forward(Plan& plan, const Value& x) {
  const nn::Depthwise& depthwise = packed_.depthwise;
  plan.tick();
  plan.use(x);
  x_ = x;
  window_ = {depthwise.kernel(), depthwise.stride(), packed_.pads.of(x.shape, depthwise.kernel(), depthwise.stride())};
  EFFCAM_RETURN_IF_ERROR(
      forward_.plan(depthwise.weights(), depthwise.bias(), window_, x.shape, plan.pool().threads()));
  y_ = plan.make(forward_.output());
  return y_;
}

void DepthwiseStep::forward(const Run& run) {
  const Timed timed(run, name_, work());
  forward_.run(run.data(x_), run.data(y_), run.pool);
}

// The gradient is a depthwise convolution of stride 1 by the window turned by half a circle, of dy with stride − 1 zeros
// between its pixels, and at its ends as many as there are input pixels that no window reached.
Result<Value> DepthwiseStep::plan_backward(Plan& plan, const Value& dy) {
  const nn::Depthwise& depthwise = packed_.depthwise;
  const int stride = window_.stride, most = window_.kernel - 1;
  const nn::Pads& pads = window_.pads;
  plan.tick();
  plan.use(dy);
  dy_ = dy;
  dx_ = plan.make({dy.shape.images, x_.shape.height, x_.shape.width, x_.shape.channels});
  spread_shape_ = {dy.shape.images, x_.shape.height + pads.top + pads.bottom - most,
                   x_.shape.width + pads.left + pads.right - most, dy.shape.channels};
  spread_ = stride > 1 ? plan.make(spread_shape_).buffer : -1;

  const std::size_t channels = depthwise.channels(), area = depthwise.weights().size() / channels;
  std::vector<float> turned(depthwise.weights().size());
  for (std::size_t k = 0; k < area; ++k)
    std::ranges::copy(depthwise.weights().subspan(k * channels, channels), turned.begin() + (area - 1 - k) * channels);
  const nn::Window back{window_.kernel, 1, {most - pads.top, most - pads.bottom, most - pads.left, most - pads.right}};
  EFFCAM_RETURN_IF_ERROR(backward_.plan(turned, {}, back, spread_shape_, plan.pool().threads()));
  EFFCAM_CHECK(backward_.output() == dx_.shape);
  return dx_;
}

void DepthwiseStep::spread(const float* dy, float* out) const {
  const std::size_t channels = dy_.shape.channels, stride = window_.stride, width = spread_shape_.width;
  std::fill_n(out, spread_shape_.values(), 0.0f);
  for (int image = 0; image < dy_.shape.images; ++image, out += spread_shape_.image_values())
    for (int y = 0; y < dy_.shape.height; ++y)
      for (int x = 0; x < dy_.shape.width; ++x, dy += channels)
        std::copy_n(dy, channels, out + (y * stride * width + x * stride) * channels);
}

void DepthwiseStep::backward(const Run& run) {
  const float* from = run.data(dy_);
  if (spread_ >= 0) {
    spread(from, run.arena.data(spread_));
    from = run.arena.data(spread_);
  }
  backward_.run(from, run.data(dx_), run.pool);
}

// ---- squeeze and excitation ----------------------------------------------------------------------------------------------

Result<Value> SqueezeExciteStep::plan_forward(Plan& plan, const Value& x) {
  const int images = x.shape.images, threads = plan.pool().threads();
  plan.tick();
  plan.use(x);
  x_ = x;
  y_ = plan.make(x.shape);
  means_.resize(static_cast<std::size_t>(images) * x.shape.channels);
  gates_.resize(means_.size());
  hidden_pre_.resize(static_cast<std::size_t>(images) * reduce_.out());
  hidden_.resize(hidden_pre_.size());
  const Shape hidden{images, 1, 1, reduce_.out()};
  EFFCAM_TRY(mean_, nn::xnnpack::GlobalMean::create(x.shape));
  EFFCAM_RETURN_IF_ERROR(reduce_.plan(images, threads));
  EFFCAM_TRY(hidden_sigmoid_, nn::xnnpack::Sigmoid::create(hidden.values()));
  EFFCAM_TRY(hidden_times_, nn::xnnpack::BinaryElementwise::create(Binary::multiply, hidden, hidden));
  EFFCAM_RETURN_IF_ERROR(excite_.plan(images, threads));
  EFFCAM_TRY(gates_sigmoid_, nn::xnnpack::Sigmoid::create(gates_.size()));
  EFFCAM_RETURN_IF_ERROR(gate_.plan(Binary::multiply, x.shape, {images, 1, 1, x.shape.channels}, threads));
  return y_;
}

void SqueezeExciteStep::forward(const Run& run) {
  {
    const Timed timed(run, "squeeze", {});
    mean_->run(run.data(x_), means_.data());
  }
  make_gates(run);
  const Timed timed(run, "gate", {});
  gate_.run(run.data(x_), gates_.data(), run.data(y_), run.pool);
}

void SqueezeExciteStep::make_gates(const Run& run) {
  const Timed timed(run, name_, work());
  reduce_.forward(means_.data(), hidden_pre_.data(), run.pool);
  hidden_sigmoid_->run(hidden_pre_.data(), hidden_.data());
  hidden_times_->run(hidden_pre_.data(), hidden_.data(), hidden_.data());
  excite_.forward(hidden_.data(), gates_.data(), run.pool);
  gates_sigmoid_->run(gates_.data(), gates_.data());
}

Result<Value> SqueezeExciteStep::plan_backward(Plan& plan, const Value& dy) {
  const int threads = plan.pool().threads();
  const Shape channels{1, 1, 1, dy.shape.channels}, each{dy.shape.images, 1, 1, dy.shape.channels};
  plan.tick();
  plan.use(dy);
  plan.use_in_backward(x_);
  dy_ = dy;
  dx_ = plan.make(dy.shape);
  gates_gradient_.resize(each.values());
  means_gradient_.resize(each.values());
  EFFCAM_RETURN_IF_ERROR(gradient_times_x_.plan(Binary::multiply, dy.shape, x_.shape, threads));
  EFFCAM_TRY(gradients_mean_, nn::xnnpack::GlobalMean::create(dy.shape));
  EFFCAM_RETURN_IF_ERROR(gradient_gate_.plan(Binary::multiply, dy.shape, channels, threads));
  EFFCAM_RETURN_IF_ERROR(add_means_gradient_.plan(Binary::add, dy.shape, each, threads));
  return dx_;
}

// x counts in two ways: dx = dy·g + ∂/∂mean/positions, where ∂/∂g = Σ dy·x.
void SqueezeExciteStep::backward(const Run& run) {
  const float* dy = run.data(dy_);
  float* dx = run.data(dx_);
  gradient_times_x_.run(dy, run.data(x_), dx, run.pool);
  gradients_mean_->run(dx, gates_gradient_.data());
  const std::size_t channels = dy_.shape.channels;
  for (std::size_t at = 0; at < gates_gradient_.size(); at += channels)
    means_gradient(std::span(gates_gradient_).subspan(at, channels), std::span(means_gradient_).subspan(at, channels), run.rule);
  gradient_gate_.run(dy, gates_.data(), dx, run.pool);
  add_means_gradient_.run(dx, means_gradient_.data(), dx, run.pool);
}

// Both divided by the number of positions: what comes in is a mean, and what goes out is what each position counts.
void SqueezeExciteStep::means_gradient(std::span<float> gates_gradient, std::span<float> means_gradient,
                                       nn::SwishRule rule) const {
  for (std::size_t c = 0; c < gates_gradient.size(); ++c) gates_gradient[c] *= gates_[c] * (1.0f - gates_[c]);
  std::vector<float> hidden(reduce_.out());
  excite_.backward(gates_gradient, hidden);
  nn::kernels().swish_gradient(hidden.data(), hidden_pre_.data(), rule, hidden.size());
  reduce_.backward(hidden, means_gradient);
}

// ---- the head ------------------------------------------------------------------------------------------------------------

Status HeadSteps::plan(Plan& plan, const Value& raw, const Value& features) {
  const int threads = plan.pool().threads();
  const Shape &shape = raw.shape, channels{1, 1, 1, shape.channels};
  raw_ = raw;
  normed_ = plan.make(shape);
  EFFCAM_RETURN_IF_ERROR(scale_.plan(Binary::multiply, shape, channels, threads));
  EFFCAM_RETURN_IF_ERROR(shift_.plan(Binary::add, shape, channels, threads));
  EFFCAM_RETURN_IF_ERROR(sigmoid_.plan(shape, threads));
  EFFCAM_RETURN_IF_ERROR(times_.plan(Binary::multiply, shape, shape, threads));
  return plan_mean(features);
}

Status HeadSteps::plan_mean(const Value& features) {
  features_ = features;
  EFFCAM_TRY(mean_, nn::xnnpack::GlobalMean::create(features.shape));
  return {};
}

void HeadSteps::forward(const Run& run, const FoldedNorm& norm, std::span<float> means) const {
  float* normed = run.data(normed_);
  float* features = run.data(features_);
  {
    const Timed timed(run, "batch norm", {});
    scale_.run(run.data(raw_), norm.scale.data(), normed, run.pool);
    shift_.run(normed, norm.shift.data(), normed, run.pool);
  }
  {
    const Timed timed(run, "swish", {});
    sigmoid_.run(normed, features, run.pool);
    times_.run(normed, features, features, run.pool);
  }
  mean(run, means);
}

void HeadSteps::mean(const Run& run, std::span<float> means) const {
  const Timed timed(run, "pool", {});
  mean_->run(run.data(features_), means.data());
}

}  // namespace effcam::efficientnet
