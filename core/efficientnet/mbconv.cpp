// The MBConv block: expand, depthwise, squeeze-and-excitation, project (Tan & Le 2019).

#include <algorithm>
#include <cmath>
#include <optional>

#include "efficientnet/convolution_part.h"
#include "efficientnet/plain.h"
#include "efficientnet/recorder.h"
#include "efficientnet/squeeze_excitation.h"
#include "nn/elementwise.h"
#include "nn/expand_depthwise.h"

namespace effcam::efficientnet {

namespace {

class MbConv final : public Part {
 public:
  MbConv(std::optional<ActivatedConvolution> expand, PackedDepthwise depthwise, SqueezeExcitation squeeze,
         DenseConvolution project, bool residual)
      : expand_(std::move(expand)),
        depthwise_(std::move(depthwise)),
        squeeze_(std::move(squeeze)),
        project_(std::move(project)),
        residual_(residual) {}

  Result<Value> plan_forward(Plan& plan, const Value& input, bool for_backward) override {
    input_ = wide_ = input;
    expands_apart_ = expand_ && for_backward;
    if (expands_apart_) {
      EFFCAM_TRY(wide_, expand_->plan_forward(plan, input, for_backward));
    }
    plan.tick();
    plan.use(wide_);
    EFFCAM_RETURN_IF_ERROR(plan_depthwise(plan, for_backward));
    plan.tick();
    EFFCAM_TRY(output_, project_.plan_forward(plan, deep_, {.gated = true, .for_backward = for_backward}));
    if (residual_) plan.use(input);
    return output_;
  }

  void forward(const Run& run) override {
    if (expands_apart_) {
      const Timed timed(run, "expand", expand_->work());
      expand_->forward(run);
    }
    run_depthwise(run);
    {
      const Timed timed(run, "squeeze+excite", squeeze_.work());
      squeeze_.forward(run.pool);
    }
    const Timed timed(run, "project", project_.work());
    return project_.forward(run, {.residual = residual_ ? run.data(input_) : nullptr}, squeeze_.gates().data());
  }

  Work work() const override {
    return (expands_apart_ ? expand_->work() : Work{}) + depthwise_work() + squeeze_.work() + project_.work();
  }

  // y = project(h·gate(mean h)) [+ x],  h = swish(u),  u = depthwise(wide),  wide = swish(expand(x)) or x
  Result<Value> plan_backward(Plan& plan, const Value& gradient) override {
    gradient_ = gradient;
    plan.tick();
    EFFCAM_TRY(deep_gradient_, project_.plan_backward(plan, gradient));
    plan.use_in_backward(pre_);
    plan.tick();
    plan.use(deep_gradient_);
    nn::Shape wide_shape = wide_.shape;
    wide_shape.images = gradient.shape.images;
    wide_gradient_ = in_gradient_ = plan.make(wide_shape);
    if (expand_) {
      EFFCAM_TRY(in_gradient_, expand_->plan_backward(plan, wide_gradient_));
    }
    plan.use(gradient);
    return in_gradient_;
  }

  void backward(const Run& run) override {
    project_.backward(run);
    squeeze_.backward(deep_gradient_.shape, run.data(deep_gradient_), run.data(pre_), run.rule, run.pool);
    depthwise_.depthwise.backward(wide_.shape, deep_gradient_.shape, pads_, run.data(deep_gradient_),
                                  run.data(wide_gradient_), run.pool);
    if (expand_) expand_->backward(run);
    if (residual_)
      nn::add(run.data(in_gradient_), run.data(gradient_), run.data(in_gradient_), gradient_.shape.values(), run.pool);
  }

  std::size_t weight_bytes() const override {
    return (expand_ ? expand_->weight_bytes() : 0) + depthwise_.depthwise.weight_bytes() + squeeze_.weight_bytes() +
           project_.weight_bytes();
  }

 private:
  [[nodiscard]] Status plan_depthwise(Plan& plan, bool for_backward) {
    const nn::Depthwise& depthwise = depthwise_.depthwise;
    pads_ = depthwise_.pads.of(wide_.shape, depthwise.kernel(), depthwise.stride());
    const nn::Window window{depthwise.kernel(), depthwise.stride(), pads_};
    const nn::Shape shape{wide_.shape.images, window.output_height(wide_.shape.height),
                          window.output_width(wide_.shape.width), depthwise.channels()};
    pre_ = {};
    if (for_backward) pre_ = plan.make(shape);
    deep_ = plan.make(shape);
    row_sums_ = plan.scratch(static_cast<std::size_t>(shape.images) * shape.height * shape.channels);
    EFFCAM_RETURN_IF_ERROR(squeeze_.plan(shape.images, plan.pool().threads()));
    const DenseConvolution* expands = expand_ && !expands_apart_ ? &expand_->convolution() : nullptr;
    EFFCAM_RETURN_IF_ERROR(expand_depthwise_.plan(expands ? expands->weights() : nullptr, depthwise, wide_.shape, shape, pads_,
                                                  plan.pool().threads(), expands ? expands->quantized() : nullptr));
    scratch_ = plan.scratch(expand_depthwise_.scratch_values());
    return {};
  }

  // With the expansion, where that is made in one.
  [[nodiscard]] Work depthwise_work() const {
    const double expansion = expand_ && !expands_apart_ ? 1.0 * wide_.shape.values() * expand_->convolution().out() : 0;
    const double window = depthwise_.depthwise.kernel() * depthwise_.depthwise.kernel();
    return {expansion + deep_.shape.values() * window, expand_depthwise_.xnnpack_multiply_adds()};
  }

  void run_depthwise(const Run& run) {
    const Timed timed(run, expand_ && !expands_apart_ ? "expand+depthwise" : "depthwise", depthwise_work());
    expand_depthwise_.run(run.data(wide_), pre_.buffer < 0 ? nullptr : run.data(pre_), run.data(deep_),
                          run.arena.data(scratch_), run.arena.data(row_sums_), squeeze_.means().data(), run.pool);
  }

  std::optional<ActivatedConvolution> expand_;
  PackedDepthwise depthwise_;
  SqueezeExcitation squeeze_;
  DenseConvolution project_;
  bool residual_;

  nn::Pads pads_;
  nn::ExpandDepthwise expand_depthwise_;
  // The expansion's output is made as a tensor, `wide_`, for the backward pass reads it; else `wide_` is the input.
  bool expands_apart_ = false;
  nn::BufferId row_sums_ = -1, scratch_ = -1;
  Value input_, wide_, pre_, deep_, output_;
  Value gradient_, deep_gradient_, wide_gradient_, in_gradient_;
};

}  // namespace

Result<std::unique_ptr<Part>> pack_mbconv(const Packer& packer, int index, int native) {
  const architecture::Block& block = packer.config().variant->blocks[index];
  const std::string name = text("block.", index);
  const int wide = block.expanded();
  std::optional<ActivatedConvolution> expand;
  if (block.expand != 1) {
    EFFCAM_TRY(DenseConvolution convolution, packer.convolution(name + ".expand", {block.in, wide}, native));
    expand.emplace(std::move(convolution));
  }
  EFFCAM_TRY(PackedDepthwise depthwise,
             packer.depthwise(name + ".depthwise", wide, block.kernel, block.stride, native));
  const bool gradients = packer.config().gradients;
  EFFCAM_TRY(nn::Linear reduce, packer.linear(name + ".reduce", wide, block.squeeze, gradients));
  EFFCAM_TRY(nn::Linear excite, packer.linear(name + ".excite", block.squeeze, wide, gradients));
  EFFCAM_TRY(DenseConvolution project, packer.convolution(name + ".project", {wide, block.out}, native));
  return std::make_unique<MbConv>(std::move(expand), std::move(depthwise),
                                  SqueezeExcitation(std::move(reduce), std::move(excite)), std::move(project),
                                  block.residual());
}

Result<std::unique_ptr<Part>> pack_block(const Packer& packer, int index, int native) {
  if (packer.config().operators == Operators::xnnpack) return pack_plain_block(packer, index, native);
  switch (packer.config().variant->blocks[index].kind) {
    case architecture::BlockKind::mbconv: return pack_mbconv(packer, index, native);
    case architecture::BlockKind::fused_mbconv: return pack_fused_mbconv(packer, index, native);
    case architecture::BlockKind::convolution: return pack_convolution_block(packer, index, native);
  }
  return fail("a block of an unknown kind");
}

}  // namespace effcam::efficientnet
