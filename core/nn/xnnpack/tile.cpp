#include "nn/xnnpack/tile.h"

#include <algorithm>

#include "nn/xnnpack/operator.h"

#ifdef __wasm_relaxed_simd__
#include <bit>
#include <optional>
#include <vector>

#include "base/stopwatch.h"
#include "nn/xnnpack/fully_connected.h"
#endif

namespace effcam::nn::xnnpack {

namespace {

// What there is beside the height that operators have unless told otherwise; 0: nothing.
struct Heights {
  std::uint32_t own = 0, other = 0;
  double other_cost = 1;  // of a row in the other's tiles, relative to the own's
};

// Beside XNNPACK's own tiles: 8 × 32 with AVX-512, 5 × 8 in WebAssembly with relaxed SIMD.
Heights available() {
#if defined(__x86_64__)
  constexpr std::uint32_t kOwn = 7, kOther = 8;
#elif defined(__wasm_relaxed_simd__)
  constexpr std::uint32_t kOwn = 4, kOther = 5;
#else
  constexpr std::uint32_t kOwn = 0, kOther = 0;
#endif
  if (!xnn_set_f32_gemm_rows(kOther)) return {};
  EFFCAM_CHECK(xnn_set_f32_gemm_rows(kOwn));
  return {kOwn, kOther};
}

std::mutex& mutex() {
  static std::mutex only;
  return only;
}
Heights& heights() {
  static Heights all = available();
  return all;
}

std::size_t tiles_of(std::size_t rows, std::uint32_t height) { return (rows + height - 1) / height; }

}  // namespace

TileHeight::TileHeight(std::uint32_t height) : lock_(mutex()), changed_(height != 0 && height != heights().own) {
  if (changed_) EFFCAM_CHECK(xnn_set_f32_gemm_rows(height));
}

TileHeight::~TileHeight() {
  if (changed_) EFFCAM_CHECK(xnn_set_f32_gemm_rows(heights().own));
}

std::array<Tiles, 2> divide_into_tiles(std::size_t rows) {
  const std::lock_guard lock(mutex());
  const auto [own, other, other_cost] = heights();
  if (other == 0) return {{{own, rows}, {}}};
  const double only_own = static_cast<double>(tiles_of(rows, own)) * own;
  const double only_other = static_cast<double>(tiles_of(rows, other)) * other * other_cost;
  double least = std::min(only_own, only_other);
  std::array<Tiles, 2> best{{{only_other < only_own ? other : own, rows}, {}}};
  least *= 0.99;  // a second operator is a call more
  // The remainders repeat after as many tiles as the own are high.
  for (std::size_t tiles = 1; tiles < own && tiles * other < rows; ++tiles) {
    const std::size_t rest = rows - tiles * other;
    const double cost = static_cast<double>(tiles_of(rest, own)) * own + static_cast<double>(tiles * other) * other_cost;
    if (cost >= least) continue;
    least = cost;
    best = {{{own, rest}, {other, tiles * other}}};
  }
  return best;
}

#ifdef __wasm_relaxed_simd__

namespace {

struct Candidate {
  std::uint32_t height;
  std::optional<FullyConnected> product;
  double least_ms = 1e9;
};

// One product for each height, of a size that fits the first cache.
class Race {
 public:
  [[nodiscard]] static Result<Race> create() {
    Race race;
    EFFCAM_TRY(race.weights_, PackedWeights::pack(kDepth, kOutputs, 1, std::span(race.values_).first(kDepth * kOutputs), {}));
    for (Candidate& each : race.candidates_) {
      EFFCAM_TRY(FullyConnected made, FullyConnected::create(race.weights_, race.weights_.values().data(), {0, kOutputs},
                                                             {{{each.height, kRows}, {}}}, kDepth, kOutputs));
      each.product.emplace(std::move(made));
    }
    return race;
  }

  // The heights, the fastest so far as the own.
  [[nodiscard]] Heights run() {
    constexpr int kTimes = 30, kRuns = 4;
    std::array<double, kCandidates> sums{};  // of runs: a browser's clock may be coarse
    for (int i = 0; i < kRuns; ++i)
      for (std::size_t c = 0; c < kCandidates; ++c) {
        const Stopwatch watch;
        for (int time = 0; time < kTimes; ++time) candidates_[c].product->run(values_.data(), out_.data());
        sums[c] += watch.milliseconds();
      }
    for (std::size_t c = 0; c < kCandidates; ++c) candidates_[c].least_ms = std::min(candidates_[c].least_ms, sums[c]);
    const bool second = candidates_[1].least_ms < candidates_[0].least_ms;
    const Candidate &fast = candidates_[second], &slow = candidates_[!second];
    return {fast.height, slow.height, fast.least_ms > 0 ? slow.least_ms / fast.least_ms : 1};
  }

 private:
  static constexpr std::size_t kCandidates = 2, kRows = 60, kDepth = 64, kOutputs = 32;
  std::vector<float> values_ = std::vector<float>(kRows * kDepth), out_ = std::vector<float>(kRows * kOutputs);
  PackedWeights weights_;
  std::array<Candidate, kCandidates> candidates_{{{4, {}}, {5, {}}}};
};

}  // namespace

int tile_height() {
  constexpr unsigned kLastCall = 64;
  static unsigned calls = 0;
  static Result<Race> race = Race::create();
  if (race && calls < kLastCall && std::has_single_bit(++calls)) {
    const Heights measured = race->run();
    const std::lock_guard lock(mutex());
    heights() = measured;
    EFFCAM_CHECK(xnn_set_f32_gemm_rows(measured.own));
  }
  return static_cast<int>(heights().own);
}

#else

int tile_height() { return 0; }

#endif

}  // namespace effcam::nn::xnnpack
