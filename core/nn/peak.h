// How much arithmetic this machine does when nothing else holds it up.
#pragma once

#include "nn/thread_pool.h"

namespace effcam::nn {

// The sum of the most that each of the pool's threads did in any of many short runs while the others did the same:
// billions of operations a second, a multiply-add being two. Takes a third of a second.
[[nodiscard]] double peak_gflops(ThreadPool& pool);

struct Peak {
  int threads = 1;
  double gflops = 0;      // of all threads
  double one_gflops = 0;  // of one alone
};
[[nodiscard]] Peak measure_peak(ThreadPool& pool);

}  // namespace effcam::nn
