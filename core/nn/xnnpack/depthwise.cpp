#include "nn/xnnpack/depthwise.h"

#include <cstdint>

#include "nn/xnnpack/counted.h"
#include "nn/xnnpack/operator.h"
#include "nn/xnnpack/tile.h"

namespace effcam::nn::xnnpack {

Result<DepthwiseConvolution2d> DepthwiseConvolution2d::create(std::span<const float> weights, std::span<const float> bias,
                                                              const Window& window, const Shape& input) {
  const std::size_t channels = input.channels;
  EFFCAM_CHECK(input.images == 1 && weights.size() == channels * window.kernel * window.kernel);
  EFFCAM_CHECK(bias.empty() || bias.size() == channels);
  EFFCAM_RETURN_IF_ERROR(initialise());
  const auto [top, bottom, left, right] = window.pads;
  const TileHeight own;
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(
      xnn_create_convolution2d_nhwc_f32(top, right, bottom, left, window.kernel, window.kernel, window.stride, window.stride, 1,
                                        1, static_cast<std::uint32_t>(channels), 1, 1, channels, channels, weights.data(),
                                        bias.empty() ? nullptr : bias.data(), -kInfinity, kInfinity,
                                        XNN_FLAG_DEPTHWISE_CONVOLUTION, nullptr, nullptr, &op),
      "make an operator"));
  const double positions = 1.0 * window.output_height(input.height) * window.output_width(input.width);
  DepthwiseConvolution2d made(Operator(op), positions * static_cast<double>(weights.size()));
  std::size_t workspace = 0, alignment = 0, height = 0, width = 0;
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_convolution2d_nhwc_f32(op, 1, input.height, input.width, &workspace, &alignment,
                                                                  &height, &width, nullptr),
                               "plan an operator"));
  EFFCAM_CHECK(workspace == 0 && static_cast<int>(height) == window.output_height(input.height) &&
               static_cast<int>(width) == window.output_width(input.width));
  return made;
}

void DepthwiseConvolution2d::run(const float* in, float* out) const {
  const Counted counted(multiply_adds_);
  EFFCAM_CHECK(xnn_setup_convolution2d_nhwc_f32(operator_.get(), nullptr, in, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

}  // namespace effcam::nn::xnnpack
