#include "support/synthetic.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace effcam::test {

using architecture::Block;
using architecture::LayerKind;
using architecture::LayerSpec;

namespace {

// Murmur3's finaliser.
std::uint32_t mix(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  return h ^ (h >> 16);
}

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t h = 0x811C9DC5u;
  for (char c : text) h = (h ^ static_cast<std::uint8_t>(c)) * 0x01000193u;
  return h;
}

// One product, rounded once to double and once to float: the same with and without fused multiply-adds.
std::vector<float> scaled(const std::vector<double>& units, double scale) {
  std::vector<float> values(units.size());
  std::ranges::transform(units, values.begin(), [scale](double u) { return static_cast<float>(u * scale); });
  return values;
}

// Every product and sum here is exact in double.
std::vector<float> around_one(const std::vector<double>& units, double spread, double scale = 1) {
  std::vector<float> values(units.size());
  std::ranges::transform(units, values.begin(),
                         [=](double u) { return static_cast<float>((1.0 + spread * u) * scale); });
  return values;
}

double gain(std::string_view layer) {
  constexpr struct {
    std::string_view suffix;
    double gain;
  } kGains[] = {
      {".depthwise.conv", 1.75}, {".project.conv", 2.0}, {".reduce", 2.0}, {".excite", 2.0}, {"classifier", 4.0}};
  for (const auto& each : kGains) {
    if (layer.ends_with(each.suffix)) return each.gain;
  }
  return 1.0;
}

std::size_t elements(const LayerSpec& spec) {
  return static_cast<std::size_t>(spec.out) * static_cast<std::size_t>(spec.in * spec.kernel * spec.kernel);
}

}  // namespace

std::vector<double> element_units(std::string_view name, std::uint32_t seed, std::size_t count) {
  const std::uint32_t key = mix(fnv1a(name) ^ (seed * 0x9E3779B9u));
  std::vector<double> units(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t hash = mix(static_cast<std::uint32_t>(i) * 0x9E3779B1u + key);
    units[i] = (hash >> 8) / 8388608.0 - 1.0;
  }
  return units;
}

SyntheticParameters::SyntheticParameters(const architecture::Variant& variant, int classes, std::uint32_t seed)
    : variant_(variant), seed_(seed) {
  for (LayerSpec& spec : architecture::layers(variant, classes)) layers_.emplace(spec.name, spec);
}

Result<LayerSpec> SyntheticParameters::find(std::string_view layer) const {
  const auto found = layers_.find(std::string(layer));
  if (found == layers_.end()) return fail("the synthetic parameters have no layer '", layer, "'");
  return found->second;
}

std::vector<float> SyntheticParameters::weight(const LayerSpec& spec) const {
  const double fan_in = spec.in * spec.kernel * spec.kernel;
  const double scale = std::sqrt(3.0 / fan_in) * gain(spec.name);
  return scaled(element_units(spec.name + ".weight", seed_, elements(spec)), scale);
}

Result<std::vector<float>> SyntheticParameters::convolution(std::string_view layer) const {
  EFFCAM_TRY(const LayerSpec spec, find(layer));
  return weight(spec);
}

Result<architecture::Norm> SyntheticParameters::norm(std::string_view layer) const {
  EFFCAM_TRY(const LayerSpec spec, find(layer));
  const bool damped =
      spec.name.ends_with(".project.bn") && variant_.blocks[static_cast<std::size_t>(spec.block)].residual();
  const auto units = [&](std::string_view part) {
    return element_units(text(spec.name, ".", part), seed_, static_cast<std::size_t>(spec.out));
  };
  return architecture::Norm{around_one(units("weight"), 0.1875, damped ? 0.1875 : 1.0), scaled(units("bias"), 0.1875),
                            scaled(units("mean"), 0.1875), around_one(units("variance"), 0.5)};
}

Result<architecture::Affine> SyntheticParameters::affine(std::string_view layer) const {
  EFFCAM_TRY(const LayerSpec spec, find(layer));
  const double spread = spec.name.ends_with(".excite") ? 1.0 : 0.125;
  const auto units = element_units(spec.name + ".bias", seed_, static_cast<std::size_t>(spec.out));
  return architecture::Affine{weight(spec), scaled(units, spread)};
}

std::vector<float> synthetic_image(int height, int width, std::uint32_t seed) {
  const auto integers = [seed](std::string_view name, std::size_t count) {
    std::vector<std::int64_t> values;
    for (double u : element_units(name, seed, count)) values.push_back(static_cast<std::int64_t>(u * 4096));
    return values;
  };
  const std::vector<std::int64_t> grid = integers("image.grid", 5 * 5 * 3);
  const std::vector<std::int64_t> noise =
      integers("image.noise", static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * 3);
  std::vector<float> image;
  image.reserve(noise.size());
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      const int y = row * 1024 / height, x = column * 1024 / width;  // in 256ths of a cell of the grid
      const int down = y & 255, right = x & 255;
      const auto corner = static_cast<std::size_t>(((y >> 8) * 5 + (x >> 8)) * 3);
      for (std::size_t c = corner; c < corner + 3; ++c) {
        const std::int64_t above = grid[c] * (256 - right) + grid[c + 3] * right;
        const std::int64_t below = grid[c + 15] * (256 - right) + grid[c + 18] * right;
        const std::int64_t smooth = above * (256 - down) + below * down;
        image.push_back(
            static_cast<float>(static_cast<double>(3 * smooth + noise[image.size()] * 65536) / 536870912.0));
      }
    }
  }
  return image;
}

std::vector<float> synthetic_field(std::string_view name, int height, int width, int channels, std::uint32_t seed) {
  const auto positions = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  const auto units = [&](std::string_view part, std::size_t count) {
    return element_units(text(name, ".", part), seed, count);
  };
  const std::vector<double> rows = units("rows", positions),
                            columns = units("columns", static_cast<std::size_t>(channels));
  const std::vector<double> noise = units("noise", positions * columns.size());
  std::vector<float> values;
  values.reserve(noise.size());
  for (double row : rows) {
    // Exact in double, so that the only rounding is to float.
    for (double column : columns) values.push_back(static_cast<float>(row * column + 0.75 * noise[values.size()]));
  }
  return values;
}

}  // namespace effcam::test
