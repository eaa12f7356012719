#include "cam/methods.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace effcam::cam::methods {

namespace {

std::size_t channels_of(const Field& field) { return static_cast<std::size_t>(field.channels); }

// The channels of one position.
const float* at(const Field& field, std::size_t position) {
  return field.values.data() + position * channels_of(field);
}

// into[c] += Σ_p term(a, g): one sum a channel.
template <class Term>
std::vector<double> sum_over_positions(const Field& activation, const Field& gradient, Term term) {
  const std::size_t channels = channels_of(activation), positions = activation.positions();
  std::vector<double> sums(channels);
  for (std::size_t p = 0; p < positions; ++p) {
    const float *a = at(activation, p), *g = at(gradient, p);
    for (std::size_t c = 0; c < channels; ++c) sums[c] += term(c, double{a[c]}, double{g[c]});
  }
  return sums;
}

// map[p] = Σ_c term(a, g).
template <class Term>
void sum_over_channels(const Field& activation, const Field& gradient, std::span<double> map, Term term) {
  const std::size_t channels = channels_of(activation);
  for (std::size_t p = 0; p < map.size(); ++p) {
    const float *a = at(activation, p), *g = at(gradient, p);
    double sum = 0;
    for (std::size_t c = 0; c < channels; ++c) sum += term(double{a[c]}, double{g[c]});
    map[p] = sum;
  }
}

// map[p] = Σ_c w_c·A.
void weigh_channels(const Field& activation, std::span<const double> weights, std::span<double> map) {
  for (std::size_t p = 0; p < map.size(); ++p) {
    const float* a = at(activation, p);
    double sum = 0;
    for (std::size_t c = 0; c < weights.size(); ++c) sum += weights[c] * a[c];
    map[p] = sum;
  }
}

double relu(double value) { return std::max(value, 0.0); }

// A quotient whose denominator cancelled to nothing says nothing: it counts as 0, so that no map has a NaN.
double quotient(double numerator, double denominator) { return denominator == 0 ? 0 : numerator / denominator; }

}  // namespace

void grad_cam(const Field& activation, const Field& gradient, std::span<double> map) {
  std::vector<double> weights = sum_over_positions(activation, gradient, [](auto, double, double g) { return g; });
  for (double& weight : weights) weight /= static_cast<double>(map.size());
  weigh_channels(activation, weights, map);
}

void grad_cam_pp(const Field& activation, const Field& gradient, std::span<double> map) {
  const std::vector<double> mass = sum_over_positions(activation, gradient, [](auto, double a, double) { return a; });
  const std::vector<double> weights =
      sum_over_positions(activation, gradient, [&mass](std::size_t c, double, double g) {
        return g <= 0 ? 0 : g * quotient(g * g, 2 * g * g + mass[c] * g * g * g + 1e-6);
      });
  weigh_channels(activation, weights, map);
}

void hires_cam(const Field& activation, const Field& gradient, std::span<double> map) {
  sum_over_channels(activation, gradient, map, [](double a, double g) { return a * g; });
}

void element_wise(const Field& activation, const Field& gradient, std::span<double> map) {
  sum_over_channels(activation, gradient, map, [](double a, double g) { return relu(a * g); });
}

void layer_cam(const Field& activation, const Field& gradient, std::span<double> map) {
  sum_over_channels(activation, gradient, map, [](double a, double g) { return a * relu(g); });
}

void saliency(const Field&, const Field& gradient, std::span<double> map) {
  for (std::size_t p = 0; p < map.size(); ++p) {
    const std::span channels(at(gradient, p), channels_of(gradient));
    map[p] = *std::ranges::max_element(channels, {}, [](float g) { return std::abs(g); });
  }
}

void xgrad_cam(const Field& activation, const Field& gradient, std::span<double> map) {
  std::vector<double> weights =
      sum_over_positions(activation, gradient, [](auto, double a, double g) { return a * g; });
  const std::vector<double> mass = sum_over_positions(activation, gradient, [](auto, double a, double) { return a; });
  for (std::size_t c = 0; c < weights.size(); ++c) weights[c] = quotient(weights[c], mass[c] + 1e-7);
  weigh_channels(activation, weights, map);
}

}  // namespace effcam::cam::methods
