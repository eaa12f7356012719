#include "cam/cam.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "cam/methods.h"

namespace effcam::cam {

namespace {

struct MethodRow {
  Method method;
  std::string_view name, title;
  bool needs_gradient;
  void (*compute)(const Field& activation, const Field& gradient, std::span<double> map);
};

constexpr std::array<MethodRow, kMethods> kTable{{
    {Method::grad_cam, "grad-cam", "Grad-CAM", true, methods::grad_cam},
    {Method::grad_cam_pp, "grad-cam++", "Grad-CAM++", true, methods::grad_cam_pp},
    {Method::hires_cam, "hires-cam", "HiResCAM", true, methods::hires_cam},
    {Method::element_wise, "element-wise", "Element-wise Grad-CAM", true, methods::element_wise},
    {Method::layer_cam, "layer-cam", "LayerCAM", true, methods::layer_cam},
    {Method::xgrad_cam, "xgrad-cam", "XGrad-CAM", true, methods::xgrad_cam},
    {Method::eigen_cam, "eigen-cam", "EigenCAM", false, methods::eigen_cam},
    {Method::eigen_grad_cam, "eigen-grad-cam", "Eigen-Grad-CAM", true, methods::eigen_grad_cam},
}};

const MethodRow& row(Method method) { return kTable[static_cast<std::size_t>(method)]; }

bool well_formed(const Field& field) {
  return field.height > 0 && field.width > 0 && field.channels > 0 &&
         field.values.size() == static_cast<std::size_t>(field.positions()) * static_cast<std::size_t>(field.channels);
}

bool same_shape(const Field& a, const Field& b) {
  return a.height == b.height && a.width == b.width && a.channels == b.channels;
}

// A double beyond float's range would become infinite, and infinities become NaN when they are normalised.
float narrow(double value) {
  constexpr double kLimit = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLimit, kLimit));
}

}  // namespace

std::string_view method_name(Method method) { return row(method).name; }
std::string_view method_title(Method method) { return row(method).title; }
bool needs_gradient(Method method) { return row(method).needs_gradient; }

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
  EFFCAM_CHECK(!chosen.needs_gradient || (well_formed(gradient) && same_shape(activation, gradient)));
  std::vector<double> map(static_cast<std::size_t>(activation.positions()));
  chosen.compute(activation, gradient, map);

  HeatMap result{activation.height, activation.width, std::vector<float>(map.size())};
  const double floor = sign == Sign::non_negative ? 0.0 : std::numeric_limits<double>::lowest();
  std::ranges::transform(map, result.values.begin(), [floor](double value) { return narrow(std::max(value, floor)); });
  return result;
}

}  // namespace effcam::cam
