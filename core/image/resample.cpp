// Pillow's resampling, bit for bit (libImaging/Resample.c: the mathematics, not the code). stb_image_resize2 is as good
// a filter, but it weighs and rounds in another way; networks are evaluated on Pillow's pixels, and that is what is
// promised here.
#include "image/resample.h"

#include <algorithm>
#include <cmath>

namespace effcam::image {

namespace {

// Weights are integers in units of 2⁻²²: 8 bits for the pixel and 2 for the overshoot of negative weights remain.
constexpr int kPrecision = 32 - 8 - 2;

double bilinear(double x) {
  x = std::abs(x);
  return x < 1 ? 1 - x : 0;
}

// Keys' cubic with a = −1/2.
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

struct Kernel {
  double (*weight)(double);
  double support;
};

Kernel kernel_of(Filter filter) { return filter == Filter::bilinear ? Kernel{bilinear, 1} : Kernel{bicubic, 2}; }

// The source pixels of each output pixel, and their weights.
struct Taps {
  struct Run {
    int first, count;
    std::size_t weights;  // index of the first
  };
  std::vector<Run> runs;
  std::vector<std::int32_t> weights;
};

std::int32_t to_fixed(double weight) {
  return static_cast<std::int32_t>(weight * (1 << kPrecision) + (weight < 0 ? -0.5 : 0.5));
}

Taps make_taps(const Axis& axis, int source_size, const Kernel& kernel) {
  // Pillow keeps the box in single precision.
  const float begin = static_cast<float>(axis.begin), end = static_cast<float>(axis.end);
  const double scale = static_cast<double>(end - begin) / static_cast<double>(axis.size);
  const double stretch = std::max(scale, 1.0);  // the filter grows where the picture shrinks
  const double support = kernel.support * stretch;
  Taps taps;
  taps.runs.reserve(static_cast<std::size_t>(axis.count));
  std::vector<double> exact;
  for (int i = 0; i < axis.count; ++i) {
    const double centre = begin + (static_cast<double>(axis.first + i) + 0.5) * scale;
    const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
    const int last = std::min(static_cast<int>(centre + support + 0.5), source_size);
    exact.clear();
    double sum = 0;
    for (int at = first; at < last; ++at) {
      exact.push_back(kernel.weight((at - centre + 0.5) * (1 / stretch)));
      sum += exact.back();
    }
    taps.runs.push_back({first, last - first, taps.weights.size()});
    for (const double weight : exact) taps.weights.push_back(to_fixed(sum != 0 ? weight / sum : weight));
  }
  return taps;
}

std::uint8_t to_byte(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255)); }

constexpr std::int32_t kHalf = 1 << (kPrecision - 1);

std::size_t row_bytes(const Image& image) { return 3 * static_cast<std::size_t>(image.width); }

// Rows [first, first + count) of the source, resampled along x.
Image horizontal(const Image& source, const Taps& taps, int first, int count) {
  Image out{static_cast<int>(taps.runs.size()), count, {}};
  out.rgb.resize(row_bytes(out) * static_cast<std::size_t>(count));
  for (int y = 0; y < count; ++y) {
    const std::uint8_t* row = source.rgb.data() + row_bytes(source) * static_cast<std::size_t>(first + y);
    std::uint8_t* to = out.rgb.data() + row_bytes(out) * static_cast<std::size_t>(y);
    for (const Taps::Run& run : taps.runs) {
      const std::uint8_t* from = row + 3 * static_cast<std::size_t>(run.first);
      const std::int32_t* weight = taps.weights.data() + run.weights;
      std::int32_t red = kHalf, green = kHalf, blue = kHalf;
      for (int i = 0; i < run.count; ++i, from += 3) {
        red += from[0] * weight[i];
        green += from[1] * weight[i];
        blue += from[2] * weight[i];
      }
      *to++ = to_byte(red);
      *to++ = to_byte(green);
      *to++ = to_byte(blue);
    }
  }
  return out;
}

// `offset`: the row of the whole picture that the source starts with.
Image vertical(const Image& source, const Taps& taps, int offset) {
  Image out{source.width, static_cast<int>(taps.runs.size()), {}};
  const std::size_t bytes = row_bytes(source);
  out.rgb.resize(bytes * taps.runs.size());
  std::vector<std::int32_t> sums(bytes);
  std::uint8_t* to = out.rgb.data();
  for (const Taps::Run& run : taps.runs) {
    std::ranges::fill(sums, kHalf);
    for (int i = 0; i < run.count; ++i) {
      const std::uint8_t* from = source.rgb.data() + bytes * static_cast<std::size_t>(run.first - offset + i);
      const std::int32_t weight = taps.weights[run.weights + static_cast<std::size_t>(i)];
      for (std::size_t b = 0; b < bytes; ++b) sums[b] += from[b] * weight;
    }
    for (std::size_t b = 0; b < bytes; ++b) *to++ = to_byte(sums[b]);
  }
  return out;
}

// The source pixel of each output pixel, stepped as Pillow steps.
std::vector<int> nearest_pixels(const Axis& axis, int source_size) {
  const float begin = static_cast<float>(axis.begin), end = static_cast<float>(axis.end);
  const double scale = static_cast<double>(end - begin) / static_cast<double>(axis.size);
  double at = begin + scale * 0.5;
  for (std::int64_t i = 0; i < axis.first; ++i) at += scale;
  std::vector<int> pixels;
  for (int i = 0; i < axis.count; ++i, at += scale) {
    pixels.push_back(std::clamp(static_cast<int>(at), 0, source_size - 1));
  }
  return pixels;
}

Image nearest(const Image& source, const Axis& x, const Axis& y) {
  const std::vector<int> columns = nearest_pixels(x, source.width), rows = nearest_pixels(y, source.height);
  Image out{x.count, y.count, {}};
  out.rgb.reserve(row_bytes(out) * rows.size());
  for (const int row : rows) {
    const std::uint8_t* from = source.rgb.data() + row_bytes(source) * static_cast<std::size_t>(row);
    for (const int column : columns) out.rgb.insert(out.rgb.end(), from + 3 * column, from + 3 * column + 3);
  }
  return out;
}

// Every pixel at its own place: Pillow skips such a pass.
bool unchanged(const Axis& axis, int source_size) {
  return axis.size == source_size && axis.begin == 0 && axis.end == source_size;
}

}  // namespace

Image resample(const Image& source, Filter filter, const Axis& x, const Axis& y) {
  EFFCAM_CHECK(source.width > 0 && source.height > 0 && x.count > 0 && y.count > 0);
  EFFCAM_CHECK(x.begin >= 0 && x.begin < x.end && x.end <= source.width);
  EFFCAM_CHECK(y.begin >= 0 && y.begin < y.end && y.end <= source.height);
  if (filter == Filter::nearest) return nearest(source, x, y);
  const bool same_columns = unchanged(x, source.width), same_rows = unchanged(y, source.height);
  const int left = static_cast<int>(x.first), top = static_cast<int>(y.first);
  if (same_columns && same_rows) return crop(source, left, top, x.count, y.count);

  const Kernel kernel = kernel_of(filter);
  if (same_rows) return horizontal(source, make_taps(x, source.width, kernel), top, y.count);
  const Taps rows = make_taps(y, source.height, kernel);
  // Only the source rows that the second pass reads.
  const int first = rows.runs.front().first;
  const int count = rows.runs.back().first + rows.runs.back().count - first;
  if (same_columns) return vertical(crop(source, left, first, x.count, count), rows, first);
  return vertical(horizontal(source, make_taps(x, source.width, kernel), first, count), rows, first);
}

Image resize(const Image& source, int width, int height, Filter filter, Box box) {
  return resample(source, filter, {box.left, box.left + box.width, width, 0, width},
                  {box.top, box.top + box.height, height, 0, height});
}

Image resize(const Image& source, int width, int height, Filter filter) {
  return resize(source, width, height, filter, {0, 0, source.width * 1.0, source.height * 1.0});
}

Image crop(const Image& source, int left, int top, int width, int height) {
  EFFCAM_CHECK(left >= 0 && top >= 0 && width > 0 && height > 0);
  EFFCAM_CHECK(left + width <= source.width && top + height <= source.height);
  Image out{width, height, {}};
  out.rgb.reserve(row_bytes(out) * static_cast<std::size_t>(height));
  for (int y = top; y < top + height; ++y) {
    const auto from = source.rgb.begin() + static_cast<std::ptrdiff_t>(row_bytes(source)) * y + 3 * left;
    out.rgb.insert(out.rgb.end(), from, from + 3 * width);
  }
  return out;
}

}  // namespace effcam::image
