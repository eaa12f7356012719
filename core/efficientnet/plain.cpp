// The network with nothing fused, top to bottom. A part is a chain of steps, one whole tensor after the other; a residual part
// adds what went in. The head is in head.cpp, its steps in HeadSteps.

#include "efficientnet/plain.h"

#include "efficientnet/plain_steps.h"
#include "efficientnet/recorder.h"

namespace effcam::efficientnet {

namespace {

using Steps = std::vector<std::unique_ptr<Step>>;

// y = steps(x) [+ x]
class PlainPart final : public Part {
 public:
  PlainPart(Steps steps, bool residual) : steps_(std::move(steps)), residual_(residual) {}

  Result<Value> plan_forward(Plan& plan, const Value& x, bool) override {
    x_ = x;
    Value value = x;
    for (const auto& step : steps_) {
      EFFCAM_TRY(value, step->plan_forward(plan, value));
    }
    if (!residual_) return value;
    plan.tick();
    plan.use(x);
    plan.use(value);
    last_ = value;
    y_ = plan.make(value.shape);
    EFFCAM_RETURN_IF_ERROR(add_.plan(nn::Binary::add, value.shape, value.shape, plan.pool().threads()));
    return y_;
  }

  void forward(const Run& run) override {
    for (const auto& step : steps_) step->forward(run);
    if (!residual_) return;
    const Timed timed(run, "residual", {});
    add_.run(run.data(last_), run.data(x_), run.data(y_), run.pool);
  }

  Work work() const override {
    Work sum;
    for (const auto& step : steps_) sum = sum + step->work();
    return sum;
  }

  Result<Value> plan_backward(Plan& plan, const Value& dy) override {
    Value gradient = dy;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      EFFCAM_TRY(gradient, (*step)->plan_backward(plan, gradient));
    }
    if (!residual_) return gradient;
    plan.tick();
    plan.use(dy);
    plan.use(gradient);
    dy_ = dy;
    dlast_ = gradient;
    dx_ = plan.make(gradient.shape);
    EFFCAM_RETURN_IF_ERROR(add_gradient_.plan(nn::Binary::add, dy.shape, dy.shape, plan.pool().threads()));
    return dx_;
  }

  void backward(const Run& run) override {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)->backward(run);
    if (residual_) add_gradient_.run(run.data(dlast_), run.data(dy_), run.data(dx_), run.pool);
  }

  std::size_t weight_bytes() const override {
    std::size_t bytes = 0;
    for (const auto& step : steps_) bytes += step->weight_bytes();
    return bytes;
  }

 private:
  Steps steps_;
  bool residual_;
  nn::WholeBinary add_, add_gradient_;
  Value x_, last_, y_, dy_, dlast_, dx_;
};

// ---- the kinds of blocks -------------------------------------------------------------------------------------------------

struct BlockPlace {
  const Packer& packer;
  const architecture::Block& block;
  std::string name;  // of its layers
  int native;        // side of its input at the variant's native size
};

[[nodiscard]] Status add_convolution(Steps& steps, const BlockPlace& at, const char* layer, const char* step,
                                     const DenseConvolution::Sizes& sizes) {
  EFFCAM_TRY(DenseConvolution convolution, at.packer.convolution(at.name + layer, sizes, at.native));
  steps.push_back(std::make_unique<ConvolutionStep>(step, std::move(convolution)));
  return {};
}

void add_swish(Steps& steps, const char* step) { steps.push_back(std::make_unique<SwishStep>(step)); }

[[nodiscard]] Status add_depthwise(Steps& steps, const BlockPlace& at) {
  const architecture::Block& block = at.block;
  EFFCAM_TRY(PackedDepthwise depthwise,
             at.packer.depthwise(at.name + ".depthwise", block.expanded(), block.kernel, block.stride, at.native));
  steps.push_back(std::make_unique<DepthwiseStep>("depthwise", std::move(depthwise)));
  return {};
}

[[nodiscard]] Status add_squeeze_excite(Steps& steps, const BlockPlace& at) {
  const int wide = at.block.expanded(), squeeze = at.block.squeeze;
  const bool gradients = at.packer.config().gradients;
  EFFCAM_TRY(nn::Linear reduce, at.packer.linear(at.name + ".reduce", wide, squeeze, gradients));
  EFFCAM_TRY(nn::Linear excite, at.packer.linear(at.name + ".excite", squeeze, wide, gradients));
  steps.push_back(std::make_unique<SqueezeExciteStep>(std::move(reduce), std::move(excite)));
  return {};
}

// A convolution, a swish (the first blocks of EfficientNetV2).
[[nodiscard]] Result<Steps> convolution_steps(const BlockPlace& at) {
  const architecture::Block& block = at.block;
  Steps steps;
  EFFCAM_RETURN_IF_ERROR(add_convolution(steps, at, "", "convolution", {block.in, block.out, block.kernel, block.stride}));
  add_swish(steps, "swish");
  return steps;
}

// The fused MBConv of EfficientNetV2 (which calls it so because one convolution takes the place of two): wide and back.
[[nodiscard]] Result<Steps> fused_mbconv_steps(const BlockPlace& at) {
  const architecture::Block& block = at.block;
  const int wide = block.expanded();
  Steps steps;
  EFFCAM_RETURN_IF_ERROR(add_convolution(steps, at, ".expand", "expand", {block.in, wide, block.kernel, block.stride}));
  add_swish(steps, "expand swish");
  EFFCAM_RETURN_IF_ERROR(add_convolution(steps, at, ".project", "project", {wide, block.out}));
  return steps;
}

// MBConv (Tan & Le 2019): wider, each channel filtered and gated, narrow again.
[[nodiscard]] Result<Steps> mbconv_steps(const BlockPlace& at) {
  const architecture::Block& block = at.block;
  const int wide = block.expanded();
  Steps steps;
  if (block.expand != 1) {
    EFFCAM_RETURN_IF_ERROR(add_convolution(steps, at, ".expand", "expand", {block.in, wide}));
    add_swish(steps, "expand swish");
  }
  EFFCAM_RETURN_IF_ERROR(add_depthwise(steps, at));
  add_swish(steps, "depthwise swish");
  EFFCAM_RETURN_IF_ERROR(add_squeeze_excite(steps, at));
  EFFCAM_RETURN_IF_ERROR(add_convolution(steps, at, ".project", "project", {wide, block.out}));
  return steps;
}

[[nodiscard]] Result<Steps> steps_of(const BlockPlace& at) {
  switch (at.block.kind) {
    case architecture::BlockKind::mbconv: return mbconv_steps(at);
    case architecture::BlockKind::fused_mbconv: return fused_mbconv_steps(at);
    case architecture::BlockKind::convolution: return convolution_steps(at);
  }
  return fail("a block of an unknown kind");
}

}  // namespace

// 3×3 with stride 2, a swish.
Result<std::unique_ptr<Part>> pack_plain_stem(const Packer& packer) {
  const architecture::Variant& variant = *packer.config().variant;
  EFFCAM_TRY(DenseConvolution convolution, packer.convolution("stem", {3, variant.stem, 3, 2}, variant.size));
  Steps steps;
  steps.push_back(std::make_unique<ConvolutionStep>("convolution", std::move(convolution)));
  add_swish(steps, "swish");
  return std::make_unique<PlainPart>(std::move(steps), false);
}

Result<std::unique_ptr<Part>> pack_plain_block(const Packer& packer, int index, int native) {
  const architecture::Block& block = packer.config().variant->blocks[index];
  EFFCAM_TRY(Steps steps, steps_of({packer, block, text("block.", index), native}));
  return std::make_unique<PlainPart>(std::move(steps), block.residual());
}

}  // namespace effcam::efficientnet
