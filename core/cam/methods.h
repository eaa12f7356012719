// The formulas behind heat_map, without the final relu. All sums are in double: at 90,000 positions a sum of floats
// would lose what the maps are compared by. `map` has activation.positions() values. Private to cam/.
#pragma once

#include <span>

#include "cam/cam.h"

namespace effcam::cam::methods {

void grad_cam(const Field& activation, const Field& gradient, std::span<double> map);
void grad_cam_pp(const Field& activation, const Field& gradient, std::span<double> map);
void hires_cam(const Field& activation, const Field& gradient, std::span<double> map);
void element_wise(const Field& activation, const Field& gradient, std::span<double> map);
void layer_cam(const Field& activation, const Field& gradient, std::span<double> map);
void xgrad_cam(const Field& activation, const Field& gradient, std::span<double> map);
void eigen_cam(const Field& activation, const Field& gradient, std::span<double> map);
void saliency(const Field& activation, const Field& gradient, std::span<double> map);
void eigen_grad_cam(const Field& activation, const Field& gradient, std::span<double> map);

}  // namespace effcam::cam::methods
