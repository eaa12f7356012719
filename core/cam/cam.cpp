#include "cam/cam.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "cam/methods.h"

namespace effcam::cam {

namespace {

double relu(double value) { return std::max(value, 0.0); }
double magnitude(double value) { return std::abs(value); }

struct MethodRow {
  Method method;
  std::string_view name, title;
  Evidence evidence;
  void (*compute)(const Field& activation, const Field& gradient, std::span<double> map);  // null: by forward passes
  double (*without_sign)(double) = relu;
};

constexpr std::array<MethodRow, kMethods> kTable{{
    {Method::grad_cam, "grad-cam", "Grad-CAM", Evidence::gradient, methods::grad_cam},
    {Method::grad_cam_pp, "grad-cam++", "Grad-CAM++", Evidence::gradient, methods::grad_cam_pp},
    {Method::hires_cam, "hires-cam", "HiResCAM", Evidence::gradient, methods::hires_cam},
    {Method::element_wise, "element-wise", "Element-wise Grad-CAM", Evidence::gradient, methods::element_wise},
    {Method::layer_cam, "layer-cam", "LayerCAM", Evidence::gradient, methods::layer_cam},
    {Method::xgrad_cam, "xgrad-cam", "XGrad-CAM", Evidence::gradient, methods::xgrad_cam},
    {Method::eigen_cam, "eigen-cam", "EigenCAM", Evidence::none, methods::eigen_cam},
    {Method::eigen_grad_cam, "eigen-grad-cam", "Eigen-Grad-CAM", Evidence::gradient, methods::eigen_grad_cam},
    {Method::finer_cam, "finer-cam", "Finer-CAM", Evidence::gradient, methods::grad_cam},
    {Method::saliency, "saliency", "Saliency (gradient)", Evidence::gradient, methods::saliency, magnitude},
    {Method::guided_grad_cam, "guided-grad-cam", "Guided Grad-CAM", Evidence::guided_gradient, methods::grad_cam},
    {Method::score_cam, "score-cam", "Score-CAM", Evidence::masked_inputs, nullptr},
    {Method::ablation_cam, "ablation-cam", "Ablation-CAM", Evidence::ablations, nullptr},
}};

const MethodRow& row(Method method) { return kTable[static_cast<std::size_t>(method)]; }

bool well_formed(const Field& field) {
  return field.height > 0 && field.width > 0 && field.channels > 0 &&
         field.values.size() == field.positions() * static_cast<std::size_t>(field.channels);
}

bool same_shape(const Field& a, const Field& b) {
  return a.height == b.height && a.width == b.width && a.channels == b.channels;
}

// A double beyond float's range would become infinite, and infinities become NaN when they are normalised.
float narrow(double value) {
  constexpr double kLimit = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLimit, kLimit));
}

HeatMap finished(int height, int width, std::span<const double> map) {
  HeatMap result{height, width, std::vector<float>(map.size())};
  std::ranges::transform(map, result.values.begin(), narrow);
  return result;
}

}  // namespace

std::string_view method_name(Method method) { return row(method).name; }
std::string_view method_title(Method method) { return row(method).title; }
Evidence evidence(Method method) { return row(method).evidence; }
bool needs_gradient(Method method) {
  return evidence(method) == Evidence::gradient || evidence(method) == Evidence::guided_gradient;
}

Result<Method> parse_method(std::string_view name) {
  std::string names;
  for (const MethodRow& each : kTable) {
    if (each.name == name) return each.method;
    names += text(names.empty() ? "" : ", ", each.name);
  }
  return fail("there is no method '", name, "'; the methods are ", names);
}

HeatMap heat_map(Method method, const Field& activation, const Field& gradient, Sign sign) {
  const MethodRow& chosen = row(method);
  EFFCAM_CHECK(well_formed(activation));
  EFFCAM_CHECK(chosen.compute);
  EFFCAM_CHECK(!needs_gradient(method) || (well_formed(gradient) && same_shape(activation, gradient)));
  std::vector<double> map(activation.positions());
  chosen.compute(activation, gradient, map);
  if (sign == Sign::non_negative) std::ranges::transform(map, map.begin(), chosen.without_sign);
  return finished(activation.height, activation.width, map);
}

HeatMap weighted_map(const Field& activation, std::span<const float> weights, Sign sign) {
  EFFCAM_CHECK(well_formed(activation) && weights.size() == static_cast<std::size_t>(activation.channels));
  std::vector<double> map(activation.positions());
  for (std::size_t p = 0; p < map.size(); ++p)
    for (std::size_t c = 0; c < weights.size(); ++c)
      map[p] += double{weights[c]} * activation.values[p * weights.size() + c];
  if (sign == Sign::non_negative) std::ranges::transform(map, map.begin(), relu);
  return finished(activation.height, activation.width, map);
}

HeatMap guided_map(const HeatMap& map, const Field& gradient, Sign sign) {
  EFFCAM_CHECK(well_formed(gradient));
  HeatMap result = upsample(map, gradient.height, gradient.width);
  for (std::size_t p = 0; p < result.values.size(); ++p) {
    const std::span channels = gradient.values.subspan(p * gradient.channels, gradient.channels);
    const double strongest = sign == Sign::both ? *std::ranges::max_element(channels, {}, magnitude)
                                                : relu(std::ranges::max(channels));
    result.values[p] = narrow(strongest * result.values[p]);
  }
  return result;
}

HeatMap channel_mask(const Field& activation, int channel, int height, int width) {
  EFFCAM_CHECK(well_formed(activation) && channel >= 0 && channel < activation.channels);
  HeatMap map{activation.height, activation.width, std::vector<float>(activation.positions())};
  for (std::size_t p = 0; p < map.values.size(); ++p)
    map.values[p] = activation.values[p * static_cast<std::size_t>(activation.channels) + channel];
  return upsample(normalise(map), height, width);
}

}  // namespace effcam::cam
