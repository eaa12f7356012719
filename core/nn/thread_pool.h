// The threads that operators run on, owned by the caller.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>

namespace effcam::nn {

// A forward pass is a few hundred short jobs one after another, on machines where others work too. So threads watch for the
// next job for a moment before they sleep; any thread takes any task; and a thread that the system has not let run when
// a job's tasks are all taken is not waited for.
class ThreadPool {
 public:
  // `threads` ≥ 1 counts the calling thread; 1 makes no thread at all.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  [[nodiscard]] int threads() const { return threads_; }

  // Calls task(i) for i in [0, count), spread over the threads; returns when all are done. Tasks are taken in their order,
  // by whatever thread is free. One job at a time: a task must not start another.
  template <class Task>
  void parallel_for(std::size_t count, const Task& task) {
    run(count, [](void* context, std::size_t i) { (*static_cast<const Task*>(context))(i); },
        const_cast<void*>(static_cast<const void*>(&task)));
  }

  // The same, and task(slot, i) may use what belongs to `slot`, which is below threads() and one task's at a time.
  template <class Task>
  void parallel_slots(std::size_t count, const Task& task) {
    std::atomic<std::size_t> next = 0;
    parallel_for(std::min(count, static_cast<std::size_t>(threads_)), [&](std::size_t slot) {
      for (std::size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) task(slot, i);
    });
  }

 private:
  void run(std::size_t count, void (*function)(void*, std::size_t), void* context);

  struct Crew;
  int threads_;
  std::unique_ptr<Crew> crew_;  // null with one thread
};

// How many threads this machine runs at once, at least 1.
[[nodiscard]] int hardware_threads();

}  // namespace effcam::nn
