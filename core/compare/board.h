// The board: images × models. The side that asks and shows; it never computes. Every change goes out as a Command and
// comes back as an Event.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/engine.h"

namespace effcam::compare {

enum class Stage { waiting, working, ready, failed, cancelled };

struct Picture {
  Id id = 0;
  std::string name;
  Stage stage = Stage::waiting;
  PictureInfo info;
  std::string error;
};

struct BoardModel {
  Id id = 0;
  std::string name;
  Stage stage = Stage::waiting;
  double share = 0;
  ModelInfo info;
  std::string error;
};

struct Cell {
  Id id = 0;
  Stage stage = Stage::waiting;
  double share = 0;
  // Of the last finished computation: stays while a new one runs, so that a grid never goes blank. Shared, immutable.
  std::shared_ptr<const CellResult> result;
  std::string error;
  std::uint64_t version = 0;  // grows whenever `result` changes: for caches of textures
  std::optional<Request> own;  // asked for this cell alone, instead of the board's
};

class Board {
 public:
  using Send = std::function<void(Command)>;
  explicit Board(Send send) : send_(std::move(send)) {}

  // Rows and columns. The bytes travel to the engine by another way where `send` cannot carry them (the browser): then
  // announce_* only reserves the id.
  Id add_picture(std::string name, std::vector<std::uint8_t> bytes);
  Id add_model(std::string name, std::vector<std::uint8_t> bytes, const model::Options& options = {});
  Id announce_picture(std::string name);
  Id announce_model(std::string name);
  void remove_picture(Id picture);
  void remove_model(Id model);
  // A file that could not even be read: a row or a column that says why.
  void fail_picture(Id picture, std::string why);
  void fail_model(Id model, std::string why);

  // The request of every cell without one of its own; changes recompute.
  void set_request(const Request& request);
  [[nodiscard]] const Request& request() const { return request_; }
  // Of every cell, those with a request of their own too: they share their models.
  void set_precision(efficientnet::Precision precision);
  void set_cell_request(Id picture, Id model, std::optional<Request> request);
  [[nodiscard]] const Request& request_of(Id picture, Id model) const;
  void cancel_all();  // what waits or works
  void retry(Id picture, Id model);

  void apply(Event event);
  // Called for a ModelWanted event: the owner sends the model's bytes again with the options that it names.
  std::function<void(const ModelWanted& wanted)> on_model_wanted;

  [[nodiscard]] const std::vector<Picture>& pictures() const { return pictures_; }
  [[nodiscard]] const std::vector<BoardModel>& models() const { return models_; }
  // Null while the picture or the model does not exist.
  [[nodiscard]] const Cell* cell(Id picture, Id model) const;
  [[nodiscard]] int unfinished() const;  // cells waiting or working
  // Grows with every change: for mirrors of the board (the hidden table of the page).
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  void ask(Id picture, Id model, bool urgent);
  void on(PictureReady& event);
  void on(ModelProgress& event);
  void on(ModelReady& event);
  void on(ModelWanted& event);
  void on(CellProgress& event);
  void on(CellReady& event);
  [[nodiscard]] Cell* find_cell(Id id);

  Send send_;
  Request request_;
  std::vector<Picture> pictures_;
  std::vector<BoardModel> models_;
  std::map<std::pair<Id, Id>, Cell> cells_;
  Id next_id_ = 1;
  std::uint64_t version_ = 0;
};

}  // namespace effcam::compare
