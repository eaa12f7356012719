// The threads that operators run on, owned by the caller.
#pragma once

#include <cstddef>
#include <memory>

namespace effcam::nn {

class Meter;  // nn/meter.h

// A forward pass is a few hundred short jobs one after another, on machines where others work too. So threads watch for the
// next job for a moment before they sleep; whoever has done his share takes tasks of the others'; and a thread that the
// system has not let run when a job's tasks are all taken is not waited for.
class ThreadPool {
 public:
  // `threads` ≥ 1 counts the calling thread; 1 makes no thread at all.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  [[nodiscard]] int threads() const { return threads_; }

  // Tasks that a job should have for each thread, where it has several: cores are not equally fast, nor equally free.
  static constexpr int kLeastTasks = 4;

  // Floats between what different slots write all the time. A core reads far ahead of where a loop ends; so much of its
  // neighbour's memory it would take away from it, again and again.
  static constexpr std::size_t kApart = (64 << 10) / sizeof(float);

  // Calls task(i) for i in [0, count), spread over the threads; returns when all are done. Each thread's share are tasks
  // beside each other: what jobs one after another do to the same part of a tensor then stays in one core's caches. One
  // job at a time: a task must not start another.
  template <class Task>
  void parallel_for(std::size_t count, const Task& task) {
    parallel_slots(count, [&](std::size_t, std::size_t i) { task(i); });
  }

  // The same, and task(slot, i) may use what belongs to `slot`, which is below threads() and one task's at a time.
  template <class Task>
  void parallel_slots(std::size_t count, const Task& task) {
    run(count, [](void* context, std::size_t slot, std::size_t i) { (*static_cast<const Task*>(context))(slot, i); },
        const_cast<void*>(static_cast<const void*>(&task)));
  }

  using Function = void (*)(void* context, std::size_t slot, std::size_t task);

 private:
  friend Meter;
  void run(std::size_t count, Function function, void* context);
  void run_job(std::size_t count, Function function, void* context);

  struct Crew;
  int threads_;
  std::unique_ptr<Crew> crew_;  // null with one thread
  Meter* meter_ = nullptr;      // null: nobody measures
};

// How many threads this machine runs at once, at least 1.
[[nodiscard]] int hardware_threads();

}  // namespace effcam::nn
