// Every method against its formula in PyTorch on the same activation and gradient (scripts/make_method_goldens.py), and
// that C++ and Python make the same synthetic floats.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#include "cam/cam.h"
#include "support/golden.h"
#include "support/synthetic.h"

namespace effcam::test {
namespace {

std::uint32_t fingerprint(std::span<const float> values) {
  std::uint32_t sum = 0, weight = 1;
  for (float value : values) {
    sum += std::bit_cast<std::uint32_t>(value) * weight;
    weight += 2;
  }
  return sum;
}

// A tensor of the synthetic B0 by canonical name + part.
std::vector<float> tensor_of(const SyntheticParameters& parameters, const std::string& name) {
  const std::size_t dot = name.rfind('.');
  const std::string layer = name.substr(0, dot), part = name.substr(dot + 1);
  if (layer.ends_with(".conv")) return *parameters.convolution(layer);
  if (!layer.ends_with(".bn")) {
    const architecture::Affine affine = *parameters.affine(layer);
    return part == "weight" ? affine.weight : affine.bias;
  }
  const architecture::Norm norm = *parameters.norm(layer);
  if (part == "weight") return norm.weight;
  if (part == "bias") return norm.bias;
  return part == "mean" ? norm.mean : norm.variance;
}

TEST(Synthetic, IsTheSameInPython) {
  const MethodGolden golden = read_method_golden();
  ASSERT_GE(golden.twins.size(), 16u);
  const SyntheticParameters parameters(*architecture::find_variant("b0"), 10, 20190528);
  for (const auto& [name, expected] : golden.twins) {
    const std::vector<float> values = name == "image"   ? synthetic_image(97, 131, 100)
                                      : name == "field" ? synthetic_field("activation", 13, 9, 5, 1)
                                                        : tensor_of(parameters, name);
    EXPECT_EQ(fingerprint(values), expected) << name;
  }
}

// Those of an activation and a gradient alone.
constexpr std::size_t kPureMethods = 8;

TEST(CamGolden, EveryMethodAgreesWithPyTorch) {
  const MethodGolden golden = read_method_golden();
  ASSERT_FALSE(golden.cases.empty());
  for (const MethodCase& each : golden.cases) {
    const auto values = [&](const char* name) {
      return synthetic_field(name, each.height, each.width, each.channels, each.seed);
    };
    const std::vector<float> activation = values("activation"), gradient = values("gradient");
    const cam::Field a{each.height, each.width, each.channels, activation},
        g{each.height, each.width, each.channels, gradient};
    EXPECT_EQ(each.maps.size(), kPureMethods);
    for (const auto& [name, expected] : each.maps) {
      SCOPED_TRACE(text(name, " at ", each.height, "×", each.width, "×", each.channels));
      const cam::HeatMap map = cam::heat_map(*cam::parse_method(name), a, g, cam::Sign::both);
      ASSERT_EQ(map.values.size(), expected.size());
      float largest = 0;
      for (float value : expected) largest = std::max(largest, std::abs(value));
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(map.values[i], expected[i], 1e-5f * largest + 1e-12f) << "position " << i;
      }
    }
  }
}

}  // namespace
}  // namespace effcam::test
