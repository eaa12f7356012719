// How much arithmetic this machine does when nothing else holds it up.
#pragma once

#include "nn/thread_pool.h"

namespace effcam::nn {

// The most that the pool's threads together did in any of many short runs, a multiply-add being two operations. Takes a
// third of a second.
[[nodiscard]] double peak_gflops(ThreadPool& pool);

}  // namespace effcam::nn
