#include "nn/thread_pool.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace effcam::nn {

namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr bool kHasThreads = false;  // a page that is not isolated can make none
#else
constexpr bool kHasThreads = true;
#endif

// Longer than what stands between two jobs of a forward pass, shorter than what anybody notices on a battery.
constexpr std::chrono::microseconds kWatch{200};

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#endif
}

// Whether `done` came true within kWatch.
template <class Done>
bool watch_for(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kWatch;
  do {
    for (int i = 0; i < 64; ++i, pause())
      if (done()) return true;
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

// A condition that some wait for, watching first; whoever makes it true says so afterwards.
class Signal {
 public:
  template <class Done>
  void wait(const Done& done) {
    if (watch_for(done)) return;
    std::unique_lock lock(mutex_);
    // Announced before the last look, as notify() looks for sleepers after the change: one of the two sees the other.
    sleepers_.fetch_add(1);
    condition_.wait(lock, done);
    sleepers_.fetch_sub(1);
  }
  void notify() {
    if (sleepers_.load() == 0) return;
    const std::lock_guard lock(mutex_);
    condition_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  std::atomic<int> sleepers_ = 0;
};

}  // namespace

// A job's tasks are taken by counting `ticket_` down. Its upper half numbers the job, so that a thread which read one
// job's task and was then put aside cannot take a task of the next with it: its exchange fails.
struct ThreadPool::Crew {
  explicit Crew(int others) {
    for (int i = 0; i < others; ++i) threads_.emplace_back([this] { serve(); });
  }

  ~Crew() {
    stop_.store(true);
    work_.notify();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(std::uint32_t count, void (*function)(void*, std::size_t), void* context) {
    function_.store(function, std::memory_order_relaxed);
    context_.store(context, std::memory_order_relaxed);
    count_.store(count, std::memory_order_relaxed);
    unfinished_.store(count, std::memory_order_relaxed);
    ticket_.store(++job_ << 32 | count);
    work_.notify();
    while (take()) {}
    finished_.wait([this] { return unfinished_.load() == 0; });
  }

 private:
  [[nodiscard]] static std::uint32_t left(std::uint64_t ticket) { return static_cast<std::uint32_t>(ticket); }

  // Runs one task of the job there is, if any is left.
  bool take() {
    std::uint64_t ticket = ticket_.load();
    while (left(ticket) > 0) {
      const auto function = function_.load(std::memory_order_relaxed);
      void* const context = context_.load(std::memory_order_relaxed);
      const std::uint32_t count = count_.load(std::memory_order_relaxed);
      if (!ticket_.compare_exchange_weak(ticket, ticket - 1)) continue;
      function(context, count - left(ticket));
      if (unfinished_.fetch_sub(1) == 1) finished_.notify();
      return true;
    }
    return false;
  }

  void serve() {
    const auto called = [this] { return stop_.load() || left(ticket_.load()) > 0; };
    while (!stop_.load()) {
      if (!take()) work_.wait(called);
    }
  }

  std::atomic<std::uint64_t> ticket_ = 0;
  std::atomic<void (*)(void*, std::size_t)> function_ = nullptr;
  std::atomic<void*> context_ = nullptr;
  std::atomic<std::uint32_t> count_ = 0, unfinished_ = 0;
  std::atomic<bool> stop_ = false;
  std::uint64_t job_ = 0;
  Signal work_, finished_;
  std::vector<std::thread> threads_;
};

ThreadPool::ThreadPool(int threads) : threads_(kHasThreads ? std::max(threads, 1) : 1) {
  if (threads_ > 1) crew_ = std::make_unique<Crew>(threads_ - 1);
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run(std::size_t count, void (*function)(void*, std::size_t), void* context) {
  if (crew_ && count > 1) {
    EFFCAM_CHECK(count <= UINT32_MAX);
    return crew_->run(static_cast<std::uint32_t>(count), function, context);
  }
  for (std::size_t i = 0; i < count; ++i) function(context, i);
}

int hardware_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace effcam::nn
