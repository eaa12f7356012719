#include "nn/xnnpack/tile.h"

#include "nn/xnnpack/operator.h"

#ifdef __wasm_relaxed_simd__
#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "base/stopwatch.h"
#include "nn/xnnpack/fully_connected.h"
#endif

namespace effcam::nn::xnnpack {

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
      if (!xnn_set_f32_gemm_rows(each.height)) continue;
      EFFCAM_TRY(FullyConnected made, FullyConnected::create(race.weights_, race.weights_.values().data(), {0, kOutputs}, kRows,
                                                             kDepth, kOutputs));
      each.product.emplace(std::move(made));
    }
    return race;
  }

  // The height of the fastest so far.
  [[nodiscard]] std::uint32_t run() {
    constexpr int kTimes = 30, kRuns = 4;
    std::array<double, kCandidates> sums{};  // of runs: a browser's clock may be coarse
    for (int i = 0; i < kRuns; ++i)
      for (std::size_t c = 0; c < kCandidates; ++c) {
        if (!candidates_[c].product) continue;
        const Stopwatch watch;
        for (int time = 0; time < kTimes; ++time) candidates_[c].product->run(values_.data(), out_.data());
        sums[c] += watch.milliseconds();
      }
    for (std::size_t c = 0; c < kCandidates; ++c)
      if (candidates_[c].product) candidates_[c].least_ms = std::min(candidates_[c].least_ms, sums[c]);
    return std::ranges::min_element(candidates_, {}, &Candidate::least_ms)->height;
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
  static std::uint32_t height = 0;
  static Result<Race> race = Race::create();
  if (calls >= kLastCall || !race || !std::has_single_bit(++calls)) return static_cast<int>(height);
  height = race->run();
  (void)xnn_set_f32_gemm_rows(height);
  return static_cast<int>(height);
}

#else

int tile_height() { return 0; }

#endif

}  // namespace effcam::nn::xnnpack
