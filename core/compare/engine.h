// The engine: what computes a board. Commands go in, events come out; nothing is shared. The desktop runs it on a thread
// (Background), the browser in a worker (wasm/), both through Worker.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compare/cell.h"
#include "model/model.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

using Id = std::uint32_t;  // chosen by the caller: pictures, models and cells are counted apart

struct AddPicture {
  Id picture = 0;
  std::string name;
  std::vector<std::uint8_t> bytes;
};
struct RemovePicture {
  Id picture = 0;
};
struct AddModel {  // again with the same id: replaces it
  Id model = 0;
  std::string name;
  std::vector<std::uint8_t> bytes;
  model::Options options;
  std::shared_ptr<const checkpoint::Source> source;  // in place of `bytes`, where the worker can read it; not encoded
};
struct RemoveModel {
  Id model = 0;
};
struct Explain {
  Id cell = 0;  // names the answer; explaining the same cell again replaces what was asked before
  Id picture = 0, model = 0;
  Request request;
  bool urgent = false;  // before everything else that waits
};
struct Cancel {
  Id cell = 0;
};
using Command = std::variant<AddPicture, RemovePicture, AddModel, RemoveModel, Explain, Cancel>;

struct PictureReady {
  Id picture = 0;
  Result<PictureInfo> info;
};
struct ModelProgress {
  Id model = 0;
  double share = 0;
};
struct ModelReady {
  Id model = 0;
  Result<ModelInfo> info;
};
// The model was packed without gradients and a request needs them, or in another precision: add it again (same id) with
// these options. The cells that wait for it go on by themselves.
struct ModelWanted {
  Id model = 0;
  bool gradients = false;
  efficientnet::Precision precision = efficientnet::Precision::f32;
};
struct CellProgress {
  Id cell = 0;
  double share = 0;
};
struct CellReady {
  Id cell = 0;
  Result<CellResult> result;  // errors name the picture or the model; a cancelled one says so
};
using Event = std::variant<PictureReady, ModelProgress, ModelReady, ModelWanted, CellProgress, CellReady>;

// The state machine: handles commands at once (they only queue work) and does the work in steps of one block of a
// network, so that its owner can take commands in between. One thread at a time.
class Worker {
 public:
  explicit Worker(int threads);
  ~Worker();

  void handle(Command command);
  // Does one step; appends what came of it. False when nothing is left to do.
  [[nodiscard]] bool step(std::vector<Event>& events);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace effcam::compare
