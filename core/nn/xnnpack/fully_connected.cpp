#include "nn/xnnpack/fully_connected.h"

#include "nn/xnnpack/counted.h"
#include "nn/xnnpack/operator.h"

namespace effcam::nn::xnnpack {

Result<FullyConnected> FullyConnected::create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                              const std::array<Tiles, 2>& rows, std::size_t in_stride, std::size_t out_stride) {
  EFFCAM_CHECK(weights.kernel() == 1 && outputs.first + outputs.count <= weights.out());
  FullyConnected made;
  std::size_t row = 0;
  for (std::size_t i = 0; i < rows.size() && rows[i].rows > 0; row += rows[i++].rows) {
    const TileHeight height(rows[i].height);
    xnn_operator_t op = nullptr;
    EFFCAM_RETURN_IF_ERROR(check(
        xnn_create_fully_connected_nc_f32(weights.in(), outputs.count, in_stride, out_stride,
                                          weights_from(weights, packed, outputs.first), nullptr, -kInfinity, kInfinity, 0,
                                          nullptr, &packed_already(), &op),
        "make an operator"));
    made.pieces_[i] = {Operator(op), row * in_stride, row * out_stride};
    EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_fully_connected_nc_f32(op, rows[i].rows, nullptr), "plan an operator"));
  }
  made.multiply_adds_ = 1.0 * row * weights.in() * outputs.count;
  return made;
}

void FullyConnected::run(const float* in, float* out) const {
  const Counted counted(multiply_adds_);
  for (const auto& [made, in_offset, out_offset] : pieces_) {
    if (!made) return;
    EFFCAM_CHECK(xnn_setup_fully_connected_nc_f32(made.get(), in + in_offset, out + out_offset) == xnn_status_success);
    EFFCAM_CHECK(xnn_run_operator(made.get(), nullptr) == xnn_status_success);
  }
}

}  // namespace effcam::nn::xnnpack
