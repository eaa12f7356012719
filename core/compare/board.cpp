#include "compare/board.h"

#include <algorithm>

namespace effcam::compare {

namespace {

template <class Row>
Row* find(std::vector<Row>& rows, Id id) {
  const auto found = std::ranges::find(rows, id, &Row::id);
  return found == rows.end() ? nullptr : &*found;
}

bool unfinished(Stage stage) { return stage == Stage::waiting || stage == Stage::working; }

}  // namespace

// ---- rows and columns ------------------------------------------------------------------------------------------------

Id Board::announce_picture(std::string name) {
  pictures_.push_back({.id = next_id_++, .name = std::move(name)});
  ++version_;
  return pictures_.back().id;
}

Id Board::announce_model(std::string name) {
  models_.push_back({.id = next_id_++, .name = std::move(name)});
  ++version_;
  return models_.back().id;
}

Id Board::add_picture(std::string name, std::vector<std::uint8_t> bytes) {
  const Id id = announce_picture(name);
  send_(AddPicture{id, std::move(name), std::move(bytes)});
  return id;
}

Id Board::add_model(std::string name, std::vector<std::uint8_t> bytes, const model::Options& options) {
  const Id id = announce_model(name);
  send_(AddModel{id, std::move(name), std::move(bytes), options});
  return id;
}

void Board::remove_picture(Id picture) {
  if (!std::erase_if(pictures_, [&](const Picture& row) { return row.id == picture; })) return;
  std::erase_if(cells_, [&](const auto& entry) { return entry.first.first == picture; });
  send_(RemovePicture{picture});
  ++version_;
}

void Board::remove_model(Id model) {
  if (!std::erase_if(models_, [&](const BoardModel& column) { return column.id == model; })) return;
  std::erase_if(cells_, [&](const auto& entry) { return entry.first.second == model; });
  send_(RemoveModel{model});
  ++version_;
}

void Board::fail_picture(Id picture, std::string why) { apply(PictureReady{picture, std::unexpected(Error{std::move(why)})}); }
void Board::fail_model(Id model, std::string why) { apply(ModelReady{model, std::unexpected(Error{std::move(why)})}); }

// ---- cells -----------------------------------------------------------------------------------------------------------

void Board::ask(Id picture, Id model, bool urgent) {
  Cell& cell = cells_[{picture, model}];
  if (cell.id == 0) cell.id = next_id_++;
  cell.stage = Stage::waiting;
  cell.share = 0;
  cell.error.clear();
  ++version_;
  send_(Explain{cell.id, picture, model, request_of(picture, model), urgent});
}

void Board::set_request(const Request& request) {
  if (request == request_) return;
  request_ = request;
  for (auto& [key, cell] : cells_)
    if (!cell.own) ask(key.first, key.second, false);
}

void Board::set_precision(efficientnet::Precision precision) {
  if (precision == request_.precision) return;
  request_.precision = precision;
  for (auto& [key, cell] : cells_) {
    if (cell.own) cell.own->precision = precision;
    ask(key.first, key.second, false);
  }
}

void Board::set_cell_request(Id picture, Id model, std::optional<Request> request) {
  const auto found = cells_.find({picture, model});
  if (found == cells_.end() || found->second.own == request) return;
  found->second.own = std::move(request);
  ask(picture, model, true);
}

const Request& Board::request_of(Id picture, Id model) const {
  const Cell* found = cell(picture, model);
  return found && found->own ? *found->own : request_;
}

void Board::cancel_all() {
  for (auto& [key, cell] : cells_)
    if (compare::unfinished(cell.stage)) send_(Cancel{cell.id});
}

void Board::retry(Id picture, Id model) {
  if (cell(picture, model)) ask(picture, model, true);
}

const Cell* Board::cell(Id picture, Id model) const {
  const auto found = cells_.find({picture, model});
  return found == cells_.end() ? nullptr : &found->second;
}

int Board::unfinished() const {
  return static_cast<int>(
      std::ranges::count_if(cells_, [](const auto& entry) { return compare::unfinished(entry.second.stage); }));
}

// ---- events ----------------------------------------------------------------------------------------------------------

void Board::apply(Event event) {
  ++version_;
  std::visit([&](auto& each) { on(each); }, event);
}

void Board::on(PictureReady& event) {
  Picture* picture = find(pictures_, event.picture);
  if (!picture) return;  // removed meanwhile
  if (!event.info) {
    picture->stage = Stage::failed;
    picture->error = std::move(event.info).error().message;
    return;
  }
  picture->stage = Stage::ready;
  picture->info = std::move(*event.info);
  for (const BoardModel& model : models_)
    if (model.stage == Stage::ready) ask(event.picture, model.id, false);
}

void Board::on(ModelProgress& event) {
  BoardModel* model = find(models_, event.model);
  if (!model || model->stage == Stage::ready) return;
  model->stage = Stage::working;
  model->share = event.share;
}

void Board::on(ModelReady& event) {
  BoardModel* model = find(models_, event.model);
  if (!model) return;
  if (!event.info) {
    model->stage = Stage::failed;
    model->error = std::move(event.info).error().message;
    return;
  }
  const bool again = model->stage == Stage::ready;  // loaded anew with other options: its cells already stand in line
  model->stage = Stage::ready;
  model->info = std::move(*event.info);
  if (again) return;
  for (const Picture& picture : pictures_)
    if (picture.stage == Stage::ready) ask(picture.id, event.model, false);
}

void Board::on(ModelWanted& event) {
  if (on_model_wanted) on_model_wanted(event);
}

Cell* Board::find_cell(Id id) {
  const auto found = std::ranges::find_if(cells_, [&](const auto& entry) { return entry.second.id == id; });
  return found == cells_.end() ? nullptr : &found->second;
}

void Board::on(CellProgress& event) {
  Cell* cell = find_cell(event.cell);
  if (!cell) return;
  cell->stage = Stage::working;
  cell->share = event.share;
}

void Board::on(CellReady& event) {
  Cell* cell = find_cell(event.cell);
  if (!cell) return;
  if (!event.result) {
    cell->stage = event.result.error().cancelled ? Stage::cancelled : Stage::failed;
    cell->error = std::move(event.result).error().message;
    return;
  }
  cell->stage = Stage::ready;
  cell->share = 1;
  cell->result = std::make_shared<const CellResult>(std::move(*event.result));
  ++cell->version;
}

}  // namespace effcam::compare
