// Shapes of tensors: always NHWC, f32. A side, the channels and the images are ints; what is counted over several of them
// is a std::size_t.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/checked.h"

namespace effcam::nn {

// Where part `part` begins of `whole` in `parts` nearly equal ones: about whole·part/parts, whose product could overflow.
[[nodiscard]] inline std::size_t part_begin(std::size_t whole, std::size_t part, std::size_t parts) {
  return whole / parts * part + std::min(part, whole % parts);
}

struct Shape {
  int images = 1, height = 0, width = 0, channels = 0;

  [[nodiscard]] std::size_t positions() const { return static_cast<std::size_t>(height) * width; }
  [[nodiscard]] std::size_t all_positions() const { return positions() * images; }
  [[nodiscard]] std::size_t image_values() const { return positions() * channels; }
  [[nodiscard]] std::size_t values() const { return image_values() * images; }
  // Nothing where they are more than can be counted, as they can be in 32 bits: of a shape that has not been planned yet.
  [[nodiscard]] std::optional<std::size_t> checked_values() const {
    const auto values = checked_multiply(positions(), static_cast<std::size_t>(channels));
    return values ? checked_multiply(*values, static_cast<std::size_t>(images)) : std::nullopt;
  }
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
