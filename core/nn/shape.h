// Shapes of tensors: always NHWC, f32.
#pragma once

#include <cstddef>

namespace effcam::nn {

struct Shape {
  int images = 1, height = 0, width = 0, channels = 0;

  [[nodiscard]] std::size_t positions() const { return static_cast<std::size_t>(height) * width; }
  [[nodiscard]] std::size_t image_values() const { return positions() * channels; }
  [[nodiscard]] std::size_t values() const { return image_values() * images; }
  bool operator==(const Shape&) const = default;
};

// Zeros around an image, in pixels.
struct Pads {
  int top = 0, bottom = 0, left = 0, right = 0;
  bool operator==(const Pads&) const = default;
};

// What a convolution looks through.
struct Window {
  int kernel = 1, stride = 1;
  Pads pads;

  [[nodiscard]] int output_height(int height) const { return (height + pads.top + pads.bottom - kernel) / stride + 1; }
  [[nodiscard]] int output_width(int width) const { return (width + pads.left + pads.right - kernel) / stride + 1; }
};

}  // namespace effcam::nn
