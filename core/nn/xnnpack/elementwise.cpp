#include "nn/xnnpack/elementwise.h"

#include <cstdint>

#include "nn/xnnpack/counted.h"
#include "nn/xnnpack/operator.h"

namespace effcam::nn::xnnpack {

namespace {

using Sides = std::array<std::size_t, 4>;
Sides sides_of(const Shape& shape) {
  return {static_cast<std::size_t>(shape.images), static_cast<std::size_t>(shape.height),
          static_cast<std::size_t>(shape.width), static_cast<std::size_t>(shape.channels)};
}

[[nodiscard]] Result<Operator> softmax_of(std::size_t n) {
  EFFCAM_RETURN_IF_ERROR(initialise());
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(xnn_create_softmax_nc_f32(0, &op), "make an operator"));
  Operator made(op);
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_softmax_nc_f32(op, n, n, n, 1, nullptr), "plan an operator"));
  return made;
}

}  // namespace

Result<Sigmoid> Sigmoid::create(std::size_t n) {
  EFFCAM_RETURN_IF_ERROR(initialise());
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(xnn_create_unary_elementwise_nc(xnn_unary_sigmoid, xnn_datatype_fp32, xnn_datatype_fp32, nullptr,
                                                               nullptr, nullptr, 0, &op),
                               "make an operator"));
  Sigmoid made{Operator(op)};
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_unary_elementwise_nc(op, 1, n, n, n, nullptr), "plan an operator"));
  return made;
}

void Sigmoid::run(const float* in, float* out) const {
  const Counted counted;
  EFFCAM_CHECK(xnn_setup_unary_elementwise_nc(operator_.get(), in, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

Result<BinaryElementwise> BinaryElementwise::create(Binary what, const Shape& a, const Shape& b) {
  EFFCAM_RETURN_IF_ERROR(initialise());
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(check(xnn_create_binary_elementwise_nd(what == Binary::add ? xnn_binary_add : xnn_binary_multiply,
                                                                xnn_datatype_fp32, nullptr, nullptr, nullptr, 0, &op),
                               "make an operator"));
  BinaryElementwise made{Operator(op)};
  const Sides first = sides_of(a), second = sides_of(b);
  EFFCAM_RETURN_IF_ERROR(
      check(xnn_reshape_binary_elementwise_nd(op, first.size(), first.data(), second.size(), second.data(), nullptr),
            "plan an operator"));
  return made;
}

void BinaryElementwise::run(const float* a, const float* b, float* out) const {
  const Counted counted;
  EFFCAM_CHECK(xnn_setup_binary_elementwise_nd(operator_.get(), a, b, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

Result<GlobalMean> GlobalMean::create(const Shape& shape) {
  EFFCAM_RETURN_IF_ERROR(initialise());
  xnn_operator_t op = nullptr;
  EFFCAM_RETURN_IF_ERROR(
      check(xnn_create_reduce_nd(xnn_reduce_mean, xnn_datatype_fp32, nullptr, nullptr, 0, &op), "make an operator"));
  GlobalMean made{Operator(op)};
  const Sides sides = sides_of(shape);
  constexpr std::array<std::int64_t, 2> kPositions{1, 2};
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_reduce_nd(op, kPositions.size(), kPositions.data(), sides.size(), sides.data(), nullptr,
                                                     nullptr, nullptr),
                               "plan an operator"));
  return made;
}

void GlobalMean::run(const float* in, float* out) const {
  const Counted counted;
  // XNNPACK asks for a workspace, which f32 has no use for: given one, it calls a conversion that is not there.
  EFFCAM_CHECK(xnn_setup_reduce_nd(operator_.get(), nullptr, in, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

void softmax(std::span<const float> in, std::span<float> out) {
  EFFCAM_CHECK(!in.empty() && in.size() == out.size());
  const Result<Operator> made = softmax_of(in.size());
  EFFCAM_CHECK(made.has_value());  // there is memory for what it answers with, which is more
  EFFCAM_CHECK(xnn_setup_softmax_nc_f32(made->get(), in.data(), out.data()) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(made->get(), nullptr) == xnn_status_success);
}

}  // namespace effcam::nn::xnnpack
