#include "nn/peak.h"

#include <algorithm>
#include <atomic>

#include "base/stopwatch.h"
#include "nn/kernels.h"

namespace effcam::nn {

namespace {

// A run is a few milliseconds: short enough to be left alone by other programs, long enough for a browser's coarse clock.
constexpr int kRounds = 2'000'000, kLeastRuns = 5;
constexpr double kMilliseconds = 300;  // of all runs

}  // namespace

double peak_gflops(ThreadPool& pool) {
  const Kernels& table = kernels();
  std::atomic<float> sum = 0;  // so that the values are made
  double least = 0, spent = 0;
  for (int run = 0; run < kLeastRuns || spent < kMilliseconds; ++run) {
    const Stopwatch watch;
    pool.parallel_for(pool.threads(), [&](std::size_t) { sum.store(table.peak(kRounds), std::memory_order_relaxed); });
    const double ms = watch.milliseconds();
    least = run == 0 ? ms : std::min(least, ms);
    spent += ms;
  }
  return least > 0 ? 2e-6 * kRounds * table.peak_round * pool.threads() / least : 0;
}

Peak measure_peak(ThreadPool& pool) {
  Peak peak{.threads = pool.threads(), .gflops = peak_gflops(pool)};
  peak.one_gflops = peak.gflops;
  if (peak.threads == 1) return peak;
  ThreadPool alone(1);
  peak.one_gflops = peak_gflops(alone);
  return peak;
}

}  // namespace effcam::nn
