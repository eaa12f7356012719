#include "nn/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "nn/meter.h"

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

// A job's tasks are divided into a share for each thread, and a share's tasks are taken by counting its ticket down. A
// ticket's upper half numbers the job, so that a thread which read one job's task and was then put aside cannot take a task
// of the next with it: its exchange fails.
struct ThreadPool::Crew {
  explicit Crew(int threads) : shares_(threads) {
    for (int slot = 1; slot < threads; ++slot) threads_.emplace_back([this, slot] { serve(slot); });
  }

  ~Crew() {
    stop_.store(true);
    work_.notify();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(std::uint32_t count, Function function, void* context) {
    function_.store(function, std::memory_order_relaxed);
    context_.store(context, std::memory_order_relaxed);
    unfinished_.store(count, std::memory_order_relaxed);
    ++job_;
    for (std::size_t share = 0; share < shares_.size(); ++share) {
      const std::uint64_t tasks = count;
      const std::uint64_t first = tasks * share / shares_.size(), end = tasks * (share + 1) / shares_.size();
      shares_[share].end.store(static_cast<std::uint32_t>(end), std::memory_order_relaxed);
      shares_[share].ticket.store(job_ << 32 | (end - first));
    }
    called_.store(job_);  // now that all shares are there: whoever saw only another's would begin with it
    work_.notify();
    take_all(0);
    finished_.wait([this] { return unfinished_.load() == 0; });
  }

 private:
  struct alignas(64) Share {
    std::atomic<std::uint64_t> ticket = 0;
    std::atomic<std::uint32_t> end = 0;
  };

  [[nodiscard]] static std::uint32_t left(std::uint64_t ticket) { return static_cast<std::uint32_t>(ticket); }

  // Runs tasks of the job there is until none is left to take: of the slot's own share first. They count as finished all
  // at once, as cores that share no cache take long to hand each other a counter.
  void take_all(std::size_t slot) {
    std::uint32_t done = 0;
    for (std::size_t i = 0; i < shares_.size(); ++i)
      while (take(shares_[(slot + i) % shares_.size()], slot)) ++done;
    if (done > 0 && unfinished_.fetch_sub(done) == done) finished_.notify();
  }

  bool take(Share& share, std::size_t slot) {
    std::uint64_t ticket = share.ticket.load();
    while (left(ticket) > 0) {
      const Function function = function_.load(std::memory_order_relaxed);
      void* const context = context_.load(std::memory_order_relaxed);
      const std::uint32_t end = share.end.load(std::memory_order_relaxed);
      if (!share.ticket.compare_exchange_weak(ticket, ticket - 1)) continue;
      function(context, slot, end - left(ticket));
      return true;
    }
    return false;
  }

  void serve(std::size_t slot) {
    for (std::uint64_t seen = 0;;) {
      work_.wait([&] { return stop_.load() || called_.load() != seen; });
      if (stop_.load()) return;
      seen = called_.load();
      take_all(slot);
    }
  }

  std::vector<Share> shares_;
  std::atomic<Function> function_ = nullptr;
  std::atomic<void*> context_ = nullptr;
  std::atomic<std::uint32_t> unfinished_ = 0;
  std::atomic<bool> stop_ = false;
  std::uint64_t job_ = 0;
  std::atomic<std::uint64_t> called_ = 0;  // the job that threads may look for
  Signal work_, finished_;
  std::vector<std::thread> threads_;
};

ThreadPool::ThreadPool(int threads) : threads_(kHasThreads ? std::max(threads, 1) : 1) {
  if (threads_ > 1) crew_ = std::make_unique<Crew>(threads_);
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run(std::size_t count, Function function, void* context) {
  if (!meter_) return run_job(count, function, context);
  Meter::Job job(*meter_, function, context);
  run_job(count, [](void* metered, std::size_t slot, std::size_t i) { static_cast<const Meter::Job*>(metered)->run(slot, i); },
          &job);
}

void ThreadPool::run_job(std::size_t count, Function function, void* context) {
  if (crew_ && count > 1) {
    EFFCAM_CHECK(count <= UINT32_MAX);
    return crew_->run(static_cast<std::uint32_t>(count), function, context);
  }
  for (std::size_t i = 0; i < count; ++i) function(context, 0, i);
}

int hardware_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace effcam::nn
