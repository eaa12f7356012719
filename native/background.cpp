#include "background.h"

#include <iterator>
#include <utility>

namespace effcam::native {

Background::Background(int threads, std::function<void()> ring)
    : ring_(std::move(ring)), thread_([this, threads] { run(threads); }) {}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Background::send(compare::Command command) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
  }
  wake_.notify_one();
}

std::vector<compare::Event> Background::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

// Takes the commands that came; waits for one when there is nothing else to do. False at the end.
bool Background::fetch(std::vector<compare::Command>& commands, bool idle) {
  std::unique_lock lock(mutex_);
  if (idle) wake_.wait(lock, [&] { return stop_ || !commands_.empty(); });
  commands = std::exchange(commands_, {});
  return !stop_;
}

void Background::run(int threads) {
  compare::Worker worker(threads);
  std::vector<compare::Command> commands;
  std::vector<compare::Event> events;
  bool more = false;
  while (fetch(commands, !more)) {
    for (compare::Command& command : commands) worker.handle(std::move(command));
    more = worker.step(events);
    if (events.empty()) continue;
    {
      const std::lock_guard lock(mutex_);
      events_.insert(events_.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
    }
    events.clear();
    ring_();
  }
}

}  // namespace effcam::native
