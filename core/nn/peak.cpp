#include "nn/peak.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <vector>

#include "base/stopwatch.h"
#include "nn/own/kernels.h"

namespace effcam::nn {

namespace {

// A run is a few milliseconds: short enough to be left alone by other programs, long enough for a coarse clock.
constexpr int kRounds = 2'000'000, kLeastRuns = 5;
constexpr double kMilliseconds = 300;  // of all runs

std::atomic<float> used;  // so that the values are made

// Of the calling thread.
double best_gflops() {
  double least = 1e9, spent = 0;
  for (int run = 0; run < kLeastRuns || spent < kMilliseconds; ++run) {
    const Stopwatch watch;
    used.store(kernels().peak(kRounds), std::memory_order_relaxed);
    const double ms = watch.milliseconds();
    if (ms > 0) least = std::min(least, ms);
    spent += ms;
  }
  return 2e-6 * kRounds * kernels().peak_round / least;
}

}  // namespace

double peak_gflops(ThreadPool& pool) {
  std::vector<double> best(pool.threads());
  pool.parallel_for(best.size(), [&](std::size_t thread) { best[thread] = best_gflops(); });
  return std::accumulate(best.begin(), best.end(), 0.0);
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
