#include "nn/thread_pool.h"

#include <pthreadpool.h>

#include <algorithm>
#include <thread>

namespace effcam::nn {

namespace {
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
// A page that is not isolated can make no threads, and pthreadpool would wait for them for ever.
constexpr bool kHasThreads = false;
#else
constexpr bool kHasThreads = true;
#endif
}  // namespace

ThreadPool::ThreadPool(int threads) : threads_(kHasThreads ? std::max(threads, 1) : 1) {
  if (threads_ == 1) return;
  pool_.reset(pthreadpool_create(static_cast<std::size_t>(threads_)));
  threads_ = pool_ ? static_cast<int>(pthreadpool_get_threads_count(pool_.get())) : 1;
}

void ThreadPool::run(std::size_t count, void (*function)(void*, std::size_t), void* context) {
  if (!pool_ || count < 2) {
    for (std::size_t i = 0; i < count; ++i) function(context, i);
    return;
  }
  pthreadpool_parallelize_1d(pool_.get(), function, context, count, 0);
}

void ThreadPool::Destroy::operator()(pthreadpool* pool) const { pthreadpool_destroy(pool); }

int hardware_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace effcam::nn
