// A whole network in plain double precision: a second witness for logits and gradients.
#pragma once

#include "architecture/architecture.h"
#include "architecture/parameters.h"
#include "support/nn_reference.h"

namespace effcam::test {

struct Tensor {
  nn::Shape shape;
  Doubles values;
};

class ReferenceNetwork {
 public:
  // All are used as long as this lives.
  ReferenceNetwork(const architecture::Variant& variant, architecture::Padding padding, double epsilon,
                   const architecture::ParameterSource& parameters);

  // The tensors between the parts: [0] the input, [1] the stem's output, [2 + b] block b's.
  [[nodiscard]] std::vector<Tensor> places(Tensor input) const;
  // The logits when the tensor at `place` is `values`.
  [[nodiscard]] Doubles logits_from(int place, Tensor values) const;

 private:
  struct Norm {
    Doubles scale, shift;
  };
  [[nodiscard]] Norm norm(const std::string& name) const;
  [[nodiscard]] Tensor part(int index, const Tensor& x) const;  // 0: the stem
  [[nodiscard]] Tensor convolve(const std::string& name, const Tensor& x, int out, int kernel, int stride, bool depthwise,
                                bool activate) const;
  void squeeze(const std::string& name, Tensor& x) const;
  [[nodiscard]] Doubles affine(const std::string& name, const Doubles& x) const;

  const architecture::Variant& variant_;
  architecture::Padding padding_;
  double epsilon_;
  const architecture::ParameterSource& parameters_;
};

}  // namespace effcam::test
