// The stem, and the blocks made of dense convolutions only: a plain convolution, and the fused MBConv of EfficientNetV2.

#include "efficientnet/convolution_part.h"

#include <algorithm>

#include "efficientnet/plain.h"
#include "efficientnet/recorder.h"
#include "nn/elementwise.h"

namespace effcam::efficientnet {

// ---- convolution, batch norm, swish ------------------------------------------------------------------------------------

Result<Value> ActivatedConvolution::plan_forward(Plan& plan, const Value& input, bool for_backward) {
  plan.tick();
  EFFCAM_TRY(pre_, convolution_.plan_forward(plan, input, {.for_backward = for_backward}));
  out_ = for_backward ? plan.make(pre_.shape) : pre_;
  return out_;
}

void ActivatedConvolution::forward(const Run& run, const float* residual) {
  if (out_.buffer == pre_.buffer) return convolution_.forward(run, {.swish = true, .residual = residual});
  convolution_.forward(run);
  float* out = run.data(out_);
  nn::swish(run.data(pre_), out, pre_.shape.values(), run.pool);
  if (residual) nn::add(out, residual, out, pre_.shape.values(), run.pool);
}

// Works on `gradient` in place: its owner needs it no more.
Result<Value> ActivatedConvolution::plan_backward(Plan& plan, const Value& gradient) {
  gradient_ = gradient;
  plan.tick();
  plan.use_in_backward(pre_);
  return convolution_.plan_backward(plan, gradient);
}

void ActivatedConvolution::backward(const Run& run) {
  nn::swish_gradient(gradient_.shape.images, run.data(gradient_), run.data(pre_), run.rule,
                     pre_.shape.image_values(), run.pool);
  return convolution_.backward(run);
}

namespace {

// ---- adding the input of a residual block ------------------------------------------------------------------------------

void add_to(const Run& run, const Value& value, const Value& sum) {
  nn::add(run.data(sum), run.data(value), run.data(sum), sum.shape.values(), run.pool);
}

// A gradient that later steps change in place while it is still needed as it is: a copy.
void copy(const Run& run, const Value& from, const Value& to) {
  const float* source = run.data(from);
  std::copy_n(source, from.shape.values(), run.data(to));
}

// ---- the stem and the convolution block --------------------------------------------------------------------------------

class ConvolutionPart final : public Part {
 public:
  ConvolutionPart(DenseConvolution convolution, bool residual)
      : convolution_(std::move(convolution)), residual_(residual) {}

  Result<Value> plan_forward(Plan& plan, const Value& input, bool for_backward) override {
    input_ = input;
    EFFCAM_TRY(output_, convolution_.plan_forward(plan, input, for_backward));
    return output_;
  }

  void forward(const Run& run) override {
    const Timed timed(run, "convolution", convolution_.work());
    return convolution_.forward(run, residual_ ? run.data(input_) : nullptr);
  }

  Work work() const override { return convolution_.work(); }

  // y = swish(conv(x)) [+ x]
  Result<Value> plan_backward(Plan& plan, const Value& gradient) override {
    gradient_ = gradient;
    plan.tick();
    plan.use(gradient);
    inner_ = plan.make(gradient.shape);
    EFFCAM_TRY(in_gradient_, convolution_.plan_backward(plan, inner_));
    plan.use(gradient);
    return in_gradient_;
  }

  void backward(const Run& run) override {
    copy(run, gradient_, inner_);
    convolution_.backward(run);
    if (residual_) add_to(run, gradient_, in_gradient_);
  }

  std::size_t weight_bytes() const override { return convolution_.weight_bytes(); }

 private:
  ActivatedConvolution convolution_;
  bool residual_;
  Value input_, output_, gradient_, inner_, in_gradient_;
};

// ---- the fused MBConv --------------------------------------------------------------------------------------------------

class FusedMbConv final : public Part {
 public:
  FusedMbConv(DenseConvolution expand, DenseConvolution project, bool residual)
      : expand_(std::move(expand)), project_(std::move(project)), residual_(residual) {}

  Result<Value> plan_forward(Plan& plan, const Value& input, bool for_backward) override {
    input_ = input;
    EFFCAM_TRY(const Value wide, expand_.plan_forward(plan, input, for_backward));
    plan.tick();
    EFFCAM_TRY(output_, project_.plan_forward(plan, wide, {.for_backward = for_backward}));
    if (residual_) plan.use(input);
    return output_;
  }

  void forward(const Run& run) override {
    {
      const Timed timed(run, "expand", expand_.work());
      expand_.forward(run);
    }
    const Timed timed(run, "project", project_.work());
    return project_.forward(run, {.residual = residual_ ? run.data(input_) : nullptr});
  }

  Work work() const override { return expand_.work() + project_.work(); }

  Result<Value> plan_backward(Plan& plan, const Value& gradient) override {
    gradient_ = gradient;
    plan.tick();
    EFFCAM_TRY(const Value wide, project_.plan_backward(plan, gradient));
    EFFCAM_TRY(in_gradient_, expand_.plan_backward(plan, wide));
    plan.use(gradient);
    return in_gradient_;
  }

  void backward(const Run& run) override {
    project_.backward(run);
    expand_.backward(run);
    if (residual_) add_to(run, gradient_, in_gradient_);
  }

  std::size_t weight_bytes() const override { return expand_.weight_bytes() + project_.weight_bytes(); }

 private:
  ActivatedConvolution expand_;
  DenseConvolution project_;
  bool residual_;
  Value input_, output_, gradient_, in_gradient_;
};

}  // namespace

Result<std::unique_ptr<Part>> pack_stem(const Packer& packer) {
  if (packer.config().operators == Operators::xnnpack) return pack_plain_stem(packer);
  const architecture::Variant& variant = *packer.config().variant;
  EFFCAM_TRY(DenseConvolution stem, packer.convolution("stem", {3, variant.stem, 3, 2}, variant.size));
  return std::make_unique<ConvolutionPart>(std::move(stem), false);
}

Result<std::unique_ptr<Part>> pack_convolution_block(const Packer& packer, int index, int native) {
  const architecture::Block& block = packer.config().variant->blocks[index];
  EFFCAM_TRY(DenseConvolution convolution, packer.convolution(text("block.", index),
                                                              {block.in, block.out, block.kernel, block.stride}, native));
  return std::make_unique<ConvolutionPart>(std::move(convolution), block.residual());
}

Result<std::unique_ptr<Part>> pack_fused_mbconv(const Packer& packer, int index, int native) {
  const architecture::Block& block = packer.config().variant->blocks[index];
  const std::string name = text("block.", index);
  EFFCAM_TRY(DenseConvolution expand, packer.convolution(name + ".expand",
                                                         {block.in, block.expanded(), block.kernel, block.stride}, native));
  EFFCAM_TRY(DenseConvolution project,
             packer.convolution(name + ".project", {block.expanded(), block.out}, native));
  return std::make_unique<FusedMbConv>(std::move(expand), std::move(project), block.residual());
}

}  // namespace effcam::efficientnet
