// Weights, pictures and checkpoints from a seed: networks to test with that need no files. scripts/goldens/synthetic.py
// is the twin of this file, equal to the last bit; the goldens come from it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "architecture/architecture.h"
#include "architecture/parameters.h"
#include "checkpoint/checkpoint.h"

namespace effcam::test {

// `count` doubles in [−1, 1), multiples of 2^−23, of a name and a seed.
[[nodiscard]] std::vector<double> element_units(std::string_view name, std::uint32_t seed, std::size_t count);

// Convolutions of variance 1/fan-in times a gain, batch norms near (1, 0, 0, 1), residual branches damped: activations
// and logits stay of order 1 through B7's 55 blocks. `variant` must outlive it.
class SyntheticParameters final : public architecture::ParameterSource {
 public:
  SyntheticParameters(const architecture::Variant& variant, int classes, std::uint32_t seed);

  [[nodiscard]] Result<std::vector<float>> convolution(std::string_view layer) const override;
  [[nodiscard]] Result<architecture::Norm> norm(std::string_view layer) const override;
  [[nodiscard]] Result<architecture::Affine> affine(std::string_view layer) const override;

 private:
  [[nodiscard]] Result<architecture::LayerSpec> find(std::string_view layer) const;
  [[nodiscard]] std::vector<float> weight(const architecture::LayerSpec& spec) const;

  const architecture::Variant& variant_;
  std::uint32_t seed_;
  std::unordered_map<std::string, architecture::LayerSpec> layers_;
};

// A normalised input of height × width × 3 within [−2, 2): three parts smooth, one part noise.
[[nodiscard]] std::vector<float> synthetic_image(int height, int width, std::uint32_t seed);

// height × width × channels values such as an activation: a rank-one pattern and noise.
[[nodiscard]] std::vector<float> synthetic_field(std::string_view name, int height, int width, int channels,
                                                 std::uint32_t seed);

struct CheckpointOptions {
  checkpoint::DType matrices = checkpoint::DType::f32;  // or f16, bf16: the convolutions and matrices, rounded to it
  std::map<std::string, std::string> metadata;
  std::string leave_out;  // the name in the file of one tensor that will be missing
};
// A .safetensors file of SyntheticParameters under a dialect's names. V2 variants have names in timm only.
[[nodiscard]] std::vector<std::uint8_t> synthetic_checkpoint(const architecture::Variant& variant, int classes,
                                                             std::uint32_t seed, checkpoint::Dialect dialect,
                                                             const CheckpointOptions& options = {});

}  // namespace effcam::test
