// From (activation, gradient) to a heat map. Every method is a pure function; formulas as in the papers named.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace effcam::cam {

// A view of height × width × channels values (HWC), such as an activation or its gradient.
struct Field {
  int height = 0, width = 0, channels = 0;
  std::span<const float> values;

  [[nodiscard]] std::size_t positions() const { return static_cast<std::size_t>(height) * width; }
};

// height × width values, row by row. Raw maps of non-negative methods are ≥ 0 and never NaN.
struct HeatMap {
  int height = 0, width = 0;
  std::vector<float> values;
};

enum class Method {
  grad_cam,        // relu(Σ_c mean_p(G_c)·A_c): Selvaraju et al. 2017
  grad_cam_pp,     // a = G²/(2G² + ΣA·G³ + 1e-6), w = Σ_p relu(G)·a: Chattopadhay et al. 2018
  hires_cam,       // relu(Σ_c G·A): Draelos & Carin 2020
  element_wise,    // Σ_c relu(G·A)
  layer_cam,       // relu(Σ_c relu(G)·A): Jiang et al. 2021
  xgrad_cam,       // w = Σ_p(G·A)/(Σ_p A + 1e-7): Fu et al. 2020
  eigen_cam,       // the first principal component of A, column mean removed; no class: Muhammad & Yeasin 2020
  eigen_grad_cam,  // the same of G·A
  finer_cam,       // grad_cam of the target minus its nearest classes: Zhang et al. 2025
  saliency,        // max_c |G|; signed, the G of largest magnitude: Simonyan et al. 2014. At the input: input gradients
  guided_grad_cam,  // grad_cam times guided backpropagation at the input's pixels: Selvaraju et al. 2017
  score_cam,     // w_c: softmax of the target's scores of the input under the mask A_c: Wang et al. 2020
  ablation_cam,  // w_c: the share that the target's score loses when channel c is 0: Desai & Ramaswamy 2020
};
inline constexpr int kMethods = 13;

// What a method looks at besides the activation.
enum class Evidence {
  none,
  gradient,
  guided_gradient,  // the gradient, and the guided gradient at the input
  masked_inputs,    // forward passes of the input under a mask for each channel
  ablations,        // forward passes from the layer on, a channel left out in each
};

[[nodiscard]] std::string_view method_name(Method method);   // "grad-cam", "grad-cam++", "hires-cam", …
[[nodiscard]] std::string_view method_title(Method method);  // "Grad-CAM", …
// Errors list the names.
[[nodiscard]] Result<Method> parse_method(std::string_view name);
[[nodiscard]] Evidence evidence(Method method);
[[nodiscard]] bool needs_gradient(Method method);

enum class Sign { non_negative, both };
// The map of `method` (not of one that needs forward passes; of guided_grad_cam its Grad-CAM) before any normalisation;
// with Sign::both without the final relu. `gradient` has the shape of `activation` (ignored by methods that need none).
// The sign of the eigen methods: the component is turned so that its correlation with the channel sum Σ_c of the matrix
// it was taken from is non-negative (ties: the first nonzero entry is positive).
[[nodiscard]] HeatMap heat_map(Method method, const Field& activation, const Field& gradient,
                               Sign sign = Sign::non_negative);

// Σ_c w_c·A_c: the map of a method that weighs whole channels.
[[nodiscard]] HeatMap weighted_map(const Field& activation, std::span<const float> weights,
                                   Sign sign = Sign::non_negative);
// Guided Grad-CAM: at each pixel of `gradient` (the guided gradient at the input) the largest of its channels, not below
// 0 (signed: that of largest magnitude), times `map` upsampled to it.
[[nodiscard]] HeatMap guided_map(const HeatMap& map, const Field& gradient, Sign sign = Sign::non_negative);
// Score-CAM's masks: channel `channel` of the activation, normalised to [0, 1] and upsampled; all 0 where it is constant.
[[nodiscard]] HeatMap channel_mask(const Field& activation, int channel, int height, int width);

[[nodiscard]] float minimum(const HeatMap& map);
[[nodiscard]] float maximum(const HeatMap& map);
// The largest value, of a signed map the largest magnitude: the limit of its scale.
[[nodiscard]] float extent(const HeatMap& map, bool is_signed);
// True when nothing in the map is positive (of a signed map: when all of it is 0): there is no evidence to show.
[[nodiscard]] bool is_flat(const HeatMap& map, bool is_signed = false);

// (x − min)/(max − min), as the original comparison did; a map without contrast becomes all 0.
[[nodiscard]] HeatMap normalise(const HeatMap& map);
// x/limit clamped to [0, 1]: for one scale across cells; 0 where limit ≤ 0.
[[nodiscard]] HeatMap normalise(const HeatMap& map, float limit);

// height × width samples of `part` of a map, at the centres of a grid over it: bilinear with half-pixel centres, the
// edges clamped.
struct Part {  // in the map's own positions: the whole is {0, 0, map.height, map.width}
  double top = 0, left = 0, height = 0, width = 0;
};
[[nodiscard]] HeatMap resample(const HeatMap& map, const Part& part, int height, int width);
// The same of the whole map (PyTorch's interpolate, align_corners = False).
[[nodiscard]] HeatMap upsample(const HeatMap& map, int height, int width);

// The mean of the normalised maps (normalise(map); signed ones divided by their largest magnitude), all upsampled to the
// largest height and width among them. `maps` is not empty.
[[nodiscard]] HeatMap fuse(std::span<const HeatMap> maps, Sign sign = Sign::non_negative);

}  // namespace effcam::cam
