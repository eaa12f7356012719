#include "compare/faithfulness.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/result.h"
#include "compare/imputation.h"

namespace effcam::compare {

namespace {

constexpr std::size_t kChannels = 3, kSteps = 20;
constexpr std::size_t kRoadPercents[] = {20, 40, 60, 80};
constexpr float kRoadNoise = 0.01f;  // standard deviation, in the units of the input

// ---- random numbers that are the same everywhere -------------------------------------------------------------------

enum class Stream : std::uint64_t { ties = 1, noise, map };

// SplitMix64 (Steele et al. 2014) as a function of a position, so that no order of questions changes an answer.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}
std::uint64_t random_bits(Stream stream, std::uint32_t seed, std::uint64_t index) {
  return scramble(scramble(static_cast<std::uint64_t>(stream) << 32 | seed) + index);
}

// Mean 0, standard deviation 1: the sum of twelve uniform numbers less 6, which needs no logarithm of any platform.
float gaussian(std::uint32_t seed, std::uint64_t index) {
  std::uint64_t sum = 0;
  for (std::uint64_t word = 0; word < 3; ++word) {
    for (std::uint64_t bits = random_bits(Stream::noise, seed, index * 3 + word), i = 0; i < 4; ++i, bits >>= 16) {
      sum += bits & 0xFFFF;
    }
  }
  return static_cast<float>((static_cast<double>(sum) + 6) / 65536 - 6);  // each stands for the middle of its step
}

// ---- the order -----------------------------------------------------------------------------------------------------

// The pixels by value, the highest first. Equal ones in a random order: by position, a flat map would be judged as one
// that says "from top to bottom".
std::vector<std::uint32_t> order_of(std::span<const float> values, std::uint32_t seed) {
  struct Ranked {
    float value;
    std::uint64_t tie;
    std::uint32_t pixel;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(values.size());
  for (std::uint32_t pixel = 0; pixel < values.size(); ++pixel) {
    ranked.push_back({values[pixel], random_bits(Stream::ties, seed, pixel), pixel});
  }
  std::ranges::sort(ranked, [](const Ranked& a, const Ranked& b) {
    return std::tie(b.value, a.tie, a.pixel) < std::tie(a.value, b.tie, b.pixel);
  });
  std::vector<std::uint32_t> order;
  order.reserve(ranked.size());
  for (const Ranked& one : ranked) order.push_back(one.pixel);
  return order;
}

// ---- the blurred input ---------------------------------------------------------------------------------------------

// Half of a Gaussian from its centre to three standard deviations; the whole has the sum 1.
std::vector<float> kernel(double deviation) {
  std::vector<double> half;
  const auto radius = static_cast<int>(std::ceil(3 * deviation));
  double sum = 0;
  for (int i = 0; i <= radius; ++i) {
    half.push_back(std::exp(-0.5 * i * i / (deviation * deviation)));
    sum += i == 0 ? half.back() : 2 * half.back();
  }
  std::vector<float> result;
  for (double value : half) result.push_back(static_cast<float>(value / sum));
  return result;
}

// Blurs along the rows of a height × width × 3 picture, the edges clamped, and turns it: width × height × 3. Twice
// gives a blurred picture that stands as before.
std::vector<float> blur_and_turn(std::span<const float> picture, std::size_t height, std::size_t width) {
  const std::vector<float> weights = kernel(5.0 * static_cast<double>(width) / 224);
  const std::size_t radius = weights.size() - 1, length = width * kChannels;
  std::vector<float> padded((width + 2 * radius) * kChannels), row(length), result(picture.size());
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t i = 0; i < padded.size(); ++i) {
      const std::size_t x = std::clamp(i / kChannels, radius, radius + width - 1) - radius;
      padded[i] = picture[(y * width + x) * kChannels + i % kChannels];
    }
    const float* centre = &padded[radius * kChannels];
    for (std::size_t i = 0; i < length; ++i) row[i] = weights[0] * centre[i];
    for (std::size_t k = 1; k <= radius; ++k) {
      const float *left = centre - k * kChannels, *right = centre + k * kChannels;
      for (std::size_t i = 0; i < length; ++i) row[i] += weights[k] * (left[i] + right[i]);
    }
    for (std::size_t i = 0; i < length; ++i) {
      result[(i / kChannels * height + y) * kChannels + i % kChannels] = row[i];
    }
  }
  return result;
}

// ---- helpers -------------------------------------------------------------------------------------------------------

std::span<float, kChannels> colour(std::span<float> picture, std::size_t pixel) {
  return picture.subspan(pixel * kChannels).first<kChannels>();
}

// A part of `whole`, rounded to the nearest.
std::size_t rounded(std::size_t whole, std::size_t numerator, std::size_t denominator) {
  return (whole * numerator + denominator / 2) / denominator;
}

float finite(float value) { return std::isfinite(value) ? value : 0; }

void add_point(Curve& curve, float share, float confidence) {
  if (!curve.share.empty()) {
    const double width = double{share} - curve.share.back();
    curve.area += width * (double{confidence} + curve.confidence.back()) / 2;
  }
  curve.share.push_back(share);
  curve.confidence.push_back(confidence);
}

}  // namespace

Trials::Trials(std::span<const float> input, int height, int width, const cam::HeatMap& map, std::uint32_t seed)
    : height_(height), width_(width), input_(input.begin(), input.end()), seed_(seed) {
  EFFCAM_CHECK(height > 0 && width > 0);
  const auto rows = static_cast<std::size_t>(height), columns = static_cast<std::size_t>(width);
  EFFCAM_CHECK(input.size() == rows * columns * kChannels);
  blurred_ = blur_and_turn(blur_and_turn(input, rows, columns), columns, rows);
  strength_ = cam::upsample(cam::normalise(map), height, width).values;
  order_ = order_of(cam::upsample(map, height, width).values, seed);
  plan();
}

// The ends of the curves that are the unchanged input need no trial, and the two others are the shared ones. A picture
// of fewer pixels than steps has fewer points.
void Trials::plan() {
  const std::size_t all = order_.size();
  trials_ = {{Kind::deletion, all}, {Kind::insertion, 0}};
  for (Kind kind : {Kind::deletion, Kind::insertion}) {
    std::size_t last = 0;
    for (std::size_t step = 1; step < kSteps; ++step) {
      const std::size_t pixels = rounded(all, step, kSteps);
      if (pixels > last && pixels < all) trials_.push_back({kind, pixels});
      last = pixels;
    }
  }
  for (Kind kind : {Kind::most_first, Kind::least_first}) {
    for (std::size_t percent : kRoadPercents) trials_.push_back({kind, rounded(all, percent, 100)});
  }
  trials_.push_back({Kind::product});
}

void Trials::make(int trial, std::span<float> out) const {
  EFFCAM_CHECK(trial >= 0 && trial < count() && out.size() == input_.size());
  const auto [kind, pixels] = trials_[static_cast<std::size_t>(trial)];
  const std::span<const std::uint32_t> order(order_);
  std::ranges::copy(kind == Kind::insertion ? blurred_ : input_, out.begin());
  switch (kind) {
    case Kind::deletion:
      for (std::uint32_t pixel : order.first(pixels)) std::ranges::fill(colour(out, pixel), 0.0f);
      break;
    case Kind::insertion:
      for (std::uint32_t pixel : order.first(pixels)) {
        std::ranges::copy(std::span(input_).subspan(pixel * kChannels, kChannels), colour(out, pixel).begin());
      }
      break;
    case Kind::most_first:
      impute_some(order.first(pixels), out);
      break;
    case Kind::least_first:
      impute_some(order.last(pixels), out);
      break;
    case Kind::product:
      for (std::size_t i = 0; i < out.size(); ++i) out[i] *= strength_[i / kChannels];
  }
}

// The noise of a pixel is the same in every trial: it is no difference between two of them.
void Trials::impute_some(std::span<const std::uint32_t> pixels, std::span<float> out) const {
  std::vector<std::uint8_t> removed(order_.size());
  for (std::uint32_t pixel : pixels) removed[pixel] = 1;
  impute(out, height_, width_, removed);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (removed[i / kChannels]) out[i] += kRoadNoise * gaussian(seed_, i);
  }
}

float Trials::share(const Trial& trial) const {
  return static_cast<float>(static_cast<double>(trial.pixels) / static_cast<double>(order_.size()));
}

FaithfulnessScores Trials::scores(float confidence, std::span<const float> confidences) const {
  EFFCAM_CHECK(confidences.size() == trials_.size());
  const float unchanged = finite(confidence);
  FaithfulnessScores result;
  add_point(result.deletion, 0, unchanged);
  add_point(result.insertion, 0, finite(confidences[1]));
  double road = 0;
  for (std::size_t i = kShared; i < trials_.size(); ++i) {
    const float value = finite(confidences[i]);
    switch (trials_[i].kind) {
      case Kind::deletion:
        add_point(result.deletion, share(trials_[i]), value);
        break;
      case Kind::insertion:
        add_point(result.insertion, share(trials_[i]), value);
        break;
      case Kind::most_first:
        road -= value;
        break;
      case Kind::least_first:
        road += value;
        break;
      case Kind::product:
        // A confidence of 0 cannot drop.
        if (unchanged > 0) result.drop = std::max(0.0, (double{unchanged} - value) / unchanged);
        result.increase = value > unchanged;
    }
  }
  add_point(result.deletion, 1, finite(confidences[0]));
  add_point(result.insertion, 1, unchanged);
  result.road = road / (2.0 * std::size(kRoadPercents));
  return result;
}

cam::HeatMap random_map(int height, int width, std::uint32_t seed) {
  EFFCAM_CHECK(height > 0 && width > 0);
  const std::size_t size = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  cam::HeatMap map{height, width, std::vector<float>(size)};
  for (std::size_t i = 0; i < size; ++i) {
    map.values[i] = static_cast<float>(random_bits(Stream::map, seed, i) >> 40) / 16777215.0f;  // 24 bits
  }
  return map;
}

cam::HeatMap centre_map(int height, int width) {
  EFFCAM_CHECK(height > 0 && width > 0);
  // Distances in standard deviations: 0 in the middle, ±2 at the edges.
  const auto distance = [](int i, int side) { return 2.0 * (2 * i + 1 - side) / side; };
  cam::HeatMap map{height, width, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double dy = distance(y, height), dx = distance(x, width);
      map.values.push_back(static_cast<float>(std::exp(-0.5 * (dy * dy + dx * dx))));
    }
  }
  return map;
}

}  // namespace effcam::compare
