#include "nn/convolution.h"

#include <xnnpack.h>

#include <limits>

namespace effcam::nn {

namespace {

constexpr std::size_t kWorkspaceAlignment = 64;

[[nodiscard]] Status check(xnn_status status, const char* what) {
  if (status == xnn_status_success) return {};
  if (status == xnn_status_out_of_memory) return fail("not enough memory to ", what, " a convolution");
  return fail("XNNPACK cannot ", what, " a convolution (status ", static_cast<int>(status), ")");
}

[[nodiscard]] Status initialise() {
  static const xnn_status status = xnn_initialize(nullptr);
  return check(status, "initialise for");
}

// OIHW → OHWI, as XNNPACK packs from.
std::vector<float> channels_last(int in, int out, int kernel, std::span<const float> weights) {
  const std::size_t area = static_cast<std::size_t>(kernel) * kernel;
  std::vector<float> turned(weights.size());
  for (std::size_t o = 0; o < static_cast<std::size_t>(out); ++o)
    for (std::size_t i = 0; i < static_cast<std::size_t>(in); ++i)
      for (std::size_t k = 0; k < area; ++k) turned[(o * area + k) * in + i] = weights[(o * in + i) * area + k];
  return turned;
}

}  // namespace

Result<Convolution> Convolution::create(int in, int out, const Window& window, bool same,
                                        std::span<const float> weights, std::span<const float> bias) {
  EFFCAM_CHECK(weights.size() == static_cast<std::size_t>(in) * out * window.kernel * window.kernel);
  EFFCAM_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(out));
  EFFCAM_RETURN_IF_ERROR(initialise());
  std::vector<float> turned;
  if (window.kernel > 1) turned = channels_last(in, out, window.kernel, weights);
  const float* source = window.kernel > 1 ? turned.data() : weights.data();
  const Pads pads = same ? Pads{} : window.pads;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(
      xnn_create_convolution2d_nhwc_f32(
          pads.top, pads.right, pads.bottom, pads.left, window.kernel, window.kernel, window.stride, window.stride, 1, 1,
          1, in, out, in, out, source, bias.empty() ? nullptr : bias.data(), -kInfinity, kInfinity,
          same && window.kernel > 1 ? XNN_FLAG_TENSORFLOW_SAME_PADDING : 0, nullptr, nullptr, &op),
      "pack"));
  Convolution made;
  made.op_.reset(op);
  made.in_ = in;
  made.out_ = out;
  made.weight_bytes_ = (weights.size() + out) * sizeof(float);
  return made;
}

Result<Shape> Convolution::plan(const Shape& input, ThreadPool& pool) {
  EFFCAM_CHECK(input.channels == in_);
  std::size_t bytes = 0, alignment = 1, height = 0, width = 0;
  EFFCAM_RETURN_IF_ERROR(
      check(xnn_reshape_convolution2d_nhwc_f32(op_.get(), input.images, input.height, input.width, &bytes, &alignment,
                                               &height, &width, pool.handle()),
            "plan"));
  workspace_.resize(bytes ? bytes + kWorkspaceAlignment : 0);
  return Shape{input.images, static_cast<int>(height), static_cast<int>(width), out_};
}

Status Convolution::run(const float* input, float* output, ThreadPool& pool) {
  void* workspace = workspace_.data();
  std::size_t space = workspace_.size();
  if (workspace) std::align(kWorkspaceAlignment, space - kWorkspaceAlignment, workspace, space);
  EFFCAM_RETURN_IF_ERROR(
      check(xnn_setup_convolution2d_nhwc_f32(op_.get(), workspace, input, output), "set up"));
  return check(xnn_run_operator(op_.get(), pool.handle()), "run");
}

void Convolution::Delete::operator()(xnn_operator* op) const { xnn_delete_operator(op); }

}  // namespace effcam::nn
