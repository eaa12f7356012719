// The engine on a thread of its own: the desktop's counterpart of the browser's worker.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "compare/engine.h"

namespace effcam::native {

class Background {
 public:
  // `ring` is called, on the engine's thread, whenever there are new events.
  Background(int threads, std::function<void()> ring);
  ~Background();  // waits for the step at work
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  void send(compare::Command command);
  // What has happened since the last call.
  [[nodiscard]] std::vector<compare::Event> take();

 private:
  void run(int threads);
  [[nodiscard]] bool fetch(std::vector<compare::Command>& commands, bool idle);

  std::function<void()> ring_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<compare::Command> commands_;
  std::vector<compare::Event> events_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace effcam::native
