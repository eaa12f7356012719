#include "efficientnet/dense_convolution.h"

#include "nn/elementwise.h"

namespace effcam::efficientnet {

Result<Value> DenseConvolution::plan_forward(Plan& plan, const Value& input, ForwardUse use) {
  input_ = input;
  quantizes_ = forms_.quantized != nullptr && !use.for_backward;
  if (quantizes_) {
    nn::Shape shape = input.shape;
    shape.channels = sizes_.out;
    plan.use(input);
    output_ = plan.make(shape);
    quantized_rows_ = plan.scratch(nn::QuantizedRows::floats(shape.all_positions(), sizes_.in));
    return output_;
  }
  EFFCAM_TRY(const nn::Shape shape,
             forms_.forward->plan(input.shape, pads_.of(input.shape, sizes_.kernel, sizes_.stride), plan.pool().threads(),
                                  use.gated ? &plan.gated_memory() : nullptr));
  plan.use(input);
  output_ = plan.make(shape);
  return output_;
}

void DenseConvolution::forward_quantized(const Run& run, const float* residual, const float* gates) {
  const nn::QuantizedRows rows(input_.shape.all_positions(), sizes_.in, run.arena.data(quantized_rows_));
  rows.fill(run.data(input_), gates, input_.shape.positions(), run.pool);
  nn::QuantizedProduct product = forms_.quantized->product(rows, 0, 0, sizes_.out);
  product.residual = residual;
  product.out = run.data(output_);
  nn::multiply(product, run.pool);
}

void DenseConvolution::forward(const Run& run, const nn::Following& following, const float* gates) {
  if (quantizes_) {
    EFFCAM_CHECK(!following.swish);  // no 1×1 convolution has one but an expansion, which is made with what follows it
    return forward_quantized(run, following.residual, gates);
  }
  if (gates && !forms_.forward->gates_weights()) {
    nn::scale(input_.shape, run.data(input_), gates, run.pool);
    gates = nullptr;
  }
  forms_.forward->run(run.data(input_), run.data(output_), run.pool, following, gates);
}

Result<Value> DenseConvolution::plan_backward(Plan& plan, const Value& gradient) {
  EFFCAM_CHECK(forms_.backward != nullptr);
  gradient_ = gradient;
  EFFCAM_RETURN_IF_ERROR(forms_.backward->plan(
      gradient.shape, input_.shape, pads_.of(input_.shape, sizes_.kernel, sizes_.stride), plan.pool().threads()));
  plan.use(gradient);
  nn::Shape shape = input_.shape;
  shape.images = gradient.shape.images;
  in_gradient_ = plan.make(shape);
  return in_gradient_;
}

void DenseConvolution::backward(const Run& run) {
  forms_.backward->run(run.data(gradient_), run.data(in_gradient_), run.pool);
}

std::size_t DenseConvolution::weight_bytes() const {
  return (forms_.forward ? forms_.forward->weight_bytes() : 0) +
         (forms_.quantized ? forms_.quantized->weight_bytes() : 0) +
         (forms_.backward ? forms_.backward->weight_bytes() : 0);
}

}  // namespace effcam::efficientnet
