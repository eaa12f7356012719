#include "nn/xnnpack/convolution.h"

#include <algorithm>
#include <cstdint>

#include "nn/xnnpack/counted.h"
#include "nn/xnnpack/operator.h"
#include "nn/xnnpack/tile.h"

namespace effcam::nn::xnnpack {

Result<Convolution2d> Convolution2d::create(const PackedWeights& weights, const float* packed, Outputs outputs,
                                            const Window& window, const Shape& input, std::size_t out_stride) {
  EFFCAM_CHECK(weights.kernel() == window.kernel && window.kernel > 1 && outputs.first + outputs.count <= weights.out());
  EFFCAM_CHECK(weights.in() > 1 || outputs.count > 1);  // XNNPACK takes it for a depthwise one, whose weights lie otherwise
  const auto [top, bottom, left, right] = window.pads;
  const TileHeight own;
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(
      xnn_create_convolution2d_nhwc_f32(top, right, bottom, left, window.kernel, window.kernel, window.stride, window.stride, 1, 1,
                                        1, weights.in(), outputs.count, weights.in(), out_stride,
                                        weights_from(weights, packed, outputs.first), nullptr, -kInfinity, kInfinity, 0,
                                        nullptr, &packed_already(), &op),
      "make an operator"));
  const double positions = 1.0 * window.output_height(input.height) * window.output_width(input.width);
  Convolution2d made(Operator(op), positions * window.kernel * window.kernel * weights.in() * outputs.count);
  std::size_t workspace = 0, alignment = 0, height = 0, width = 0;
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_convolution2d_nhwc_f32(op, 1, input.height, input.width, &workspace, &alignment,
                                                                  &height, &width, nullptr),
                               "plan an operator"));
  EFFCAM_CHECK(workspace == 0 && static_cast<int>(height) == window.output_height(input.height) &&
               static_cast<int>(width) == window.output_width(input.width));
  return made;
}

void Convolution2d::run(const float* in, float* out) const {
  const Counted counted(multiply_adds_);
  EFFCAM_CHECK(xnn_setup_convolution2d_nhwc_f32(operator_.get(), nullptr, in, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

namespace {

// A deconvolution's own way to say how long its output is: what it makes beyond `length` is padding, what it lacks (rows that
// no window saw, fewer than a stride) is an adjustment.
struct Ends {
  std::uint32_t pad, adjustment;
};
Ends ends_of(int gradients, int before, const Window& window, int length) {
  const int beyond = (gradients - 1) * window.stride + window.kernel - before - length;
  EFFCAM_CHECK(beyond > -window.stride);
  return {static_cast<std::uint32_t>(std::max(beyond, 0)), static_cast<std::uint32_t>(std::max(-beyond, 0))};
}

}  // namespace

Result<Deconvolution2d> Deconvolution2d::create(std::span<const float> weights, const Window& window, const Shape& gradient,
                                                const Shape& input) {
  EFFCAM_CHECK(weights.size() ==
               static_cast<std::size_t>(window.kernel) * window.kernel * gradient.channels * input.channels);
  EFFCAM_RETURN_IF_ERROR(initialise());
  const Ends rows = ends_of(gradient.height, window.pads.top, window, input.height);
  const Ends columns = ends_of(gradient.width, window.pads.left, window, input.width);
  const TileHeight own;
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(
      xnn_create_deconvolution2d_nhwc_f32(window.pads.top, columns.pad, rows.pad, window.pads.left, window.kernel, window.kernel,
                                          window.stride, window.stride, 1, 1, 1, gradient.channels, input.channels,
                                          gradient.channels, input.channels, weights.data(), nullptr, -kInfinity, kInfinity, 0,
                                          nullptr, nullptr, &op),
      "make an operator"));
  Deconvolution2d made{Operator(op)};
  std::size_t height = 0, width = 0;
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_deconvolution2d_nhwc_f32(op, 1, gradient.height, gradient.width, rows.adjustment,
                                                                    columns.adjustment, &height, &width, nullptr),
                               "plan an operator"));
  EFFCAM_CHECK(static_cast<int>(height) == input.height && static_cast<int>(width) == input.width);
  return made;
}

void Deconvolution2d::run(const float* gradient, float* in_gradient) const {
  EFFCAM_CHECK(xnn_setup_deconvolution2d_nhwc_f32(operator_.get(), gradient, in_gradient) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

}  // namespace effcam::nn::xnnpack
