#include "nn/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace effcam::nn {
namespace {

TEST(ThreadPool, RunsEachTaskOnce) {
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadPool pool(threads);
    for (std::size_t count = 0; count < 200; count += 1 + count / 7) {
      std::vector<std::atomic<int>> runs(count);
      pool.parallel_for(count, [&](std::size_t i) { ++runs[i]; });
      for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(runs[i], 1) << threads << " threads, task " << i << " of " << count;
    }
  }
}

// A thread that comes late to one job must not take a task of the next with the earlier one's function.
TEST(ThreadPool, KeepsJobsApart) {
  ThreadPool pool(4);
  std::size_t total = 0;
  for (std::size_t job = 0; job < 20000; ++job) {
    std::vector<std::size_t> seen(3, 0);
    pool.parallel_for(seen.size(), [&](std::size_t i) { seen[i] = job + i; });
    for (std::size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], job + i);
    total += seen.size();
  }
  EXPECT_EQ(total, 60000u);
}

TEST(ThreadPool, ASlotIsOneTasksAtATime) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> users(4);
  std::atomic<int> done = 0, shared = 0;
  for (int repeat = 0; repeat < 100; ++repeat)
    pool.parallel_slots(50, [&](std::size_t slot, std::size_t) {
      ASSERT_LT(slot, users.size());
      if (users[slot].fetch_add(1) != 0) ++shared;
      ++done;
      users[slot].fetch_sub(1);
    });
  EXPECT_EQ(done, 5000);
  EXPECT_EQ(shared, 0);
}

// Nobody goes on before all have begun, so that none can have taken another's first task.
TEST(ThreadPool, EachBeginsWithItsOwnShare) {
  constexpr std::size_t kThreads = 4, kTasks = 18;
  ThreadPool pool(kThreads);
  if (pool.threads() == 1) GTEST_SKIP() << "there are no threads in this build";
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<std::size_t> first(kThreads, kTasks);
    std::atomic<std::size_t> begun = 0;
    pool.parallel_slots(kTasks, [&](std::size_t slot, std::size_t task) {
      if (first[slot] != kTasks) return;
      first[slot] = task;
      ++begun;
      while (begun < kThreads) std::this_thread::yield();
    });
    for (std::size_t slot = 0; slot < kThreads; ++slot) ASSERT_EQ(first[slot], kTasks * slot / kThreads);
  }
}

TEST(ThreadPool, WakesThreadsThatSleep) {
  ThreadPool pool(3);
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // they have gone to sleep by now
    std::atomic<int> done = 0;
    pool.parallel_for(64, [&](std::size_t) { ++done; });
    ASSERT_EQ(done, 64);
  }
}

// The caller sleeps while the last task runs elsewhere, and is woken by it.
TEST(ThreadPool, WaitsForALongTask) {
  ThreadPool pool(2);
  std::atomic<int> done = 0;
  const std::thread::id caller = std::this_thread::get_id();
  pool.parallel_for(2, [&](std::size_t) {
    // With two tasks and two threads the other thread's takes longer, if it came at all.
    if (std::this_thread::get_id() != caller) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ++done;
  });
  EXPECT_EQ(done, 2);
}

TEST(ThreadPool, CanBeMadeAndDroppedWithoutWork) {
  for (int repeat = 0; repeat < 50; ++repeat) ThreadPool pool(3);
}

}  // namespace
}  // namespace effcam::nn
