#include <algorithm>
#include <array>
#include <cmath>

#include "image/image.h"
#include "image/resample.h"

namespace effcam::image {

namespace {

struct Seen {
  Image image;
  Box box;
};

// torchvision's CenterCrop: int(round((side − size) / 2)), where Python rounds halves to the even number.
std::int64_t centre(std::int64_t side, std::int64_t size) {
  const std::int64_t rest = side - size, half = rest / 2;
  return rest % 2 == 0 ? half : half + half % 2;
}

// torchvision's Resize of the short side, then CenterCrop (timm and lukemelas evaluate with both): the long side becomes
// int(resize · long / short). Only the pixels inside the crop are made, so that a picture of 1 × 100,000 costs nothing.
Seen resize_then_crop(const Image& source, const Preprocessing& how) {
  const std::int64_t short_side = std::min(source.width, source.height);
  const std::int64_t resize = std::max(how.resize, how.size);
  const auto resized = [&](int side) { return resize * side / short_side; };
  const std::int64_t width = resized(source.width), height = resized(source.height);
  const Axis x{0, source.width * 1.0, width, centre(width, how.size), how.size};
  const Axis y{0, source.height * 1.0, height, centre(height, how.size), how.size};
  const double step_x = x.end / static_cast<double>(width), step_y = y.end / static_cast<double>(height);
  return {resample(source, how.filter, x, y),
          {static_cast<double>(x.first) * step_x, static_cast<double>(y.first) * step_y, how.size * step_x,
           how.size * step_y}};
}

// The TensorFlow originals: offsets are (side − cropped + 1) / 2. The crop comes first: no pixel outside it counts.
Seen crop_then_resize(const Image& source, const Preprocessing& how) {
  constexpr int kCropPadding = 32;
  const std::int64_t short_side = std::min(source.width, source.height);
  const int side = std::max(1, static_cast<int>(how.size * short_side / (how.size + kCropPadding)));
  const int left = (source.width - side + 1) / 2, top = (source.height - side + 1) / 2;
  return {resize(crop(source, left, top, side, side), how.size, how.size, how.filter),
          {left * 1.0, top * 1.0, side * 1.0, side * 1.0}};
}

Seen see(const Image& source, const Preprocessing& how) {
  const Box whole{0, 0, source.width * 1.0, source.height * 1.0};
  if (source.width == how.size && source.height == how.size) return {source, whole};
  switch (how.fit) {
    case Fit::resize_then_crop: return resize_then_crop(source, how);
    case Fit::crop_then_resize: return crop_then_resize(source, how);
    case Fit::warp: break;
  }
  return {resize(source, how.size, how.size, how.filter), whole};
}

// In single precision and in this order, as PyTorch's ToTensor and Normalize do.
std::array<float, 256> levels(float mean, float std) {
  std::array<float, 256> values;
  for (std::size_t level = 0; level < values.size(); ++level) {
    values[level] = (static_cast<float>(level) / 255.0f - mean) / std;
  }
  return values;
}

}  // namespace

Input prepare(const Image& source, const Preprocessing& preprocessing) {
  Seen seen = see(source, preprocessing);
  const std::array<float, 256> tables[3] = {levels(preprocessing.mean[0], preprocessing.std[0]),
                                            levels(preprocessing.mean[1], preprocessing.std[1]),
                                            levels(preprocessing.mean[2], preprocessing.std[2])};
  Input input{preprocessing.size, preprocessing.size, {}, std::move(seen.image), seen.box};
  input.values.resize(input.seen.rgb.size());
  for (std::size_t i = 0; i < input.values.size(); ++i) input.values[i] = tables[i % 3][input.seen.rgb[i]];
  return input;
}

}  // namespace effcam::image
