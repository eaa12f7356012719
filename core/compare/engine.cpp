#include "compare/engine.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "compare/explain.h"

namespace effcam::compare {

namespace {

constexpr int kThumbnailSide = 512;
constexpr double kProgressMs = 50;  // between two messages of a cell's progress

image::Image thumbnail_of(const image::Image& picture) {
  const int longest = std::max(picture.width, picture.height);
  if (longest <= kThumbnailSide) return picture;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(static_cast<std::int64_t>(side) * kThumbnailSide / longest));
  };
  return image::resize(picture, scaled(picture.width), scaled(picture.height), image::Filter::bilinear);
}

ModelInfo info_of(const model::Model& model, double load_ms) {
  const checkpoint::Description& description = model.description;
  return {.variant = std::string(description.variant->name),
          .dialect = std::string(checkpoint::name(description.dialect)),
          .family = description.family.id,
          .title = description.title,
          .size = description.preprocessing.size,
          .classes = description.classes,
          .blocks = static_cast<int>(description.variant->blocks.size()),
          .stages = description.variant->stages(),
          .load_ms = load_ms,
          .labels = model.labels};
}

}  // namespace

struct Worker::State {
  struct PictureSlot {
    std::string name;
    std::vector<std::uint8_t> bytes;  // until decoded
    image::Image picture;
    double decode_ms = 0;
    bool ready = false;
  };
  struct ModelSlot {
    std::string name;
    std::shared_ptr<const checkpoint::Source> source;  // until loaded
    model::Options options;
    std::unique_ptr<model::Model> model;  // the old one serves until the new one is ready
    bool wanted = false;                  // ModelWanted was said
  };

  nn::ThreadPool pool;
  std::map<Id, PictureSlot> pictures;
  std::map<Id, ModelSlot> models;
  std::deque<Id> to_decode, to_load;
  std::deque<Explain> cells;
  std::optional<Explain> current;
  std::unique_ptr<Explanation> explanation;
  std::vector<Event> replies;  // to commands, sent with the next step's events
  double last_share = 0;  // of the cell at work, as its owner was told
  Stopwatch since_told;

  explicit State(int threads) : pool(threads) {}

  void handle(AddPicture& command);
  void handle(RemovePicture& command);
  void handle(AddModel& command);
  void handle(RemoveModel& command);
  void handle(Explain& command);
  void handle(Cancel& command);

  void drop_current() {
    explanation.reset();
    current.reset();
  }
  // Takes out every cell that `matches`, the one at work too, telling its owner why.
  template <class Predicate>
  void cancel_cells(const Predicate& matches);

  void decode(Id id, std::vector<Event>& events);
  void load(Id id, std::vector<Event>& events);
  [[nodiscard]] bool start_cell(std::vector<Event>& events);
  void step_cell(std::vector<Event>& events);
  [[nodiscard]] std::string place(const Explain& cell) const;
};

// ---- commands --------------------------------------------------------------------------------------------------------

void Worker::State::handle(AddPicture& command) {
  PictureSlot& slot = pictures[command.picture];
  slot = {.name = std::move(command.name), .bytes = std::move(command.bytes)};
  to_decode.push_back(command.picture);
}

void Worker::State::handle(RemovePicture& command) {
  cancel_cells([&](const Explain& cell) { return cell.picture == command.picture; });
  std::erase(to_decode, command.picture);
  pictures.erase(command.picture);
}

void Worker::State::handle(AddModel& command) {
  ModelSlot& slot = models[command.model];
  slot.name = std::move(command.name);
  slot.source = std::move(command.source);
  if (!slot.source) slot.source = std::make_shared<checkpoint::OwnBytes>(std::move(command.bytes));
  slot.options = std::move(command.options);
  std::erase(to_load, command.model);
  to_load.push_back(command.model);
}

void Worker::State::handle(RemoveModel& command) {
  cancel_cells([&](const Explain& cell) { return cell.model == command.model; });
  std::erase(to_load, command.model);
  models.erase(command.model);
}

void Worker::State::handle(Explain& command) {
  // Asked again: what was asked before is of no interest any more, and is dropped without a word.
  std::erase_if(cells, [&](const Explain& cell) { return cell.cell == command.cell; });
  if (current && current->cell == command.cell) drop_current();
  if (command.urgent) {
    cells.push_front(std::move(command));
  } else {
    cells.push_back(std::move(command));
  }
}

void Worker::State::handle(Cancel& command) {
  cancel_cells([&](const Explain& cell) { return cell.cell == command.cell; });
}

template <class Predicate>
void Worker::State::cancel_cells(const Predicate& matches) {
  for (const Explain& cell : cells)
    if (matches(cell)) replies.push_back(CellReady{cell.cell, cancelled()});
  std::erase_if(cells, matches);
  if (current && matches(*current)) {
    replies.push_back(CellReady{current->cell, cancelled()});
    drop_current();
  }
}

// ---- work ------------------------------------------------------------------------------------------------------------

void Worker::State::decode(Id id, std::vector<Event>& events) {
  PictureSlot& slot = pictures[id];
  const Stopwatch watch;
  Result<image::Image> picture = image::decode(slot.bytes);
  slot.bytes = {};
  if (!picture) {
    events.push_back(PictureReady{id, in_context(slot.name, std::move(picture).error())});
    return;
  }
  slot.picture = std::move(*picture);
  slot.decode_ms = watch.milliseconds();
  slot.ready = true;
  events.push_back(PictureReady{
      id, PictureInfo{slot.picture.width, slot.picture.height, thumbnail_of(slot.picture), slot.decode_ms}});
}

void Worker::State::load(Id id, std::vector<Event>& events) {
  ModelSlot& slot = models[id];
  const Stopwatch watch;
  if (current && current->model == id) {  // its network is about to go: start again with the new one
    cells.push_front(*current);
    drop_current();
  }
  Result<std::unique_ptr<model::Model>> loaded = model::load(*slot.source, slot.options, [&](double share) {
    events.push_back(ModelProgress{id, share});
    return true;
  });
  slot.source.reset();
  slot.wanted = false;
  if (!loaded) {
    events.push_back(ModelReady{id, in_context(slot.name, std::move(loaded).error())});
    return;
  }
  slot.model = std::move(*loaded);
  events.push_back(ModelReady{id, info_of(*slot.model, watch.milliseconds())});
}

std::string Worker::State::place(const Explain& cell) const {
  const auto picture = pictures.find(cell.picture);
  const auto model = models.find(cell.model);
  return text(picture == pictures.end() ? "a picture" : picture->second.name, " with ",
              model == models.end() ? "a model" : model->second.name);
}

// Takes the next cell that can be worked on. False when there is none.
bool Worker::State::start_cell(std::vector<Event>& events) {
  for (auto cell = cells.begin(); cell != cells.end(); ++cell) {
    const auto picture = pictures.find(cell->picture);
    const auto model = models.find(cell->model);
    if (picture == pictures.end() || !picture->second.ready || model == models.end() || !model->second.model) {
      events.push_back(CellReady{cell->cell, fail(place(*cell), ": one of the two could not be read")});
      cells.erase(cell);
      return true;
    }
    ModelSlot& slot = model->second;
    const efficientnet::Config& has = slot.model->network.config();
    const bool gradients = has.gradients || needs_gradients(cell->request);
    if (has.gradients != gradients || has.precision != cell->request.precision) {
      if (!slot.wanted) events.push_back(ModelWanted{cell->model, gradients, cell->request.precision});
      slot.wanted = true;
      continue;
    }
    current = std::move(*cell);
    cells.erase(cell);
    last_share = 0;
    explanation =
        std::make_unique<Explanation>(picture->second.picture, *slot.model, current->request, pool);
    return true;
  }
  return false;
}

void Worker::State::step_cell(std::vector<Event>& events) {
  Result<bool> more = explanation->step();
  if (!more) {
    events.push_back(CellReady{current->cell, in_context(place(*current), std::move(more).error())});
    return drop_current();
  }
  if (*more) {
    // Smooth to look at, and no flood; the first one says that the cell is at work.
    if (explanation->share() - last_share < 0.05 || (last_share > 0 && since_told.milliseconds() < kProgressMs)) return;
    last_share = explanation->share();
    since_told.lap();
    events.push_back(CellProgress{current->cell, last_share});
    return;
  }
  CellResult result = explanation->take();
  result.ms.decode += pictures[current->picture].decode_ms;
  events.push_back(CellReady{current->cell, std::move(result)});
  drop_current();
}

Worker::Worker(int threads) : state_(std::make_unique<State>(threads)) {}
Worker::~Worker() = default;

void Worker::handle(Command command) {
  std::visit([&](auto& each) { state_->handle(each); }, command);
}

bool Worker::step(std::vector<Event>& events) {
  State& s = *state_;
  std::ranges::move(s.replies, std::back_inserter(events));
  s.replies.clear();
  if (!s.to_decode.empty()) {
    const Id id = s.to_decode.front();
    s.to_decode.pop_front();
    s.decode(id, events);
    return true;
  }
  if (!s.to_load.empty()) {
    const Id id = s.to_load.front();
    s.to_load.pop_front();
    s.load(id, events);
    return true;
  }
  if (s.explanation) {
    s.step_cell(events);
    return true;
  }
  return s.start_cell(events);
}

}  // namespace effcam::compare
