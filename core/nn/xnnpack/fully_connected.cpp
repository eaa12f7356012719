#include "nn/xnnpack/fully_connected.h"

#include "nn/xnnpack/counted.h"
#include "nn/xnnpack/operator.h"

namespace effcam::nn::xnnpack {

Result<FullyConnected> FullyConnected::create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                              std::size_t rows, std::size_t in_stride, std::size_t out_stride) {
  EFFCAM_CHECK(weights.kernel() == 1 && outputs.first + outputs.count <= weights.out());
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(
      xnn_create_fully_connected_nc_f32(weights.in(), outputs.count, in_stride, out_stride,
                                        weights_from(weights, packed, outputs.first), nullptr, -kInfinity, kInfinity, 0,
                                        nullptr, &packed_already(), &op),
      "make an operator"));
  FullyConnected made(Operator(op), 1.0 * rows * weights.in() * outputs.count);
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_fully_connected_nc_f32(op, rows, nullptr), "plan an operator"));
  return made;
}

void FullyConnected::run(const float* in, float* out) const {
  const Counted counted(multiply_adds_);
  EFFCAM_CHECK(xnn_setup_fully_connected_nc_f32(operator_.get(), in, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

}  // namespace effcam::nn::xnnpack
