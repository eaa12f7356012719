// How far the models of each row agree: computed when somebody asks, kept until a cell of the row changes.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "compare/agreement.h"
#include "compare/board.h"

namespace effcam::compare {

class AgreementCache {
 public:
  struct Entry {
    Agreement agreement;          // models are numbered by their columns
    std::uint64_t version = 0;    // another one for every computation, of any row: for caches of textures
    std::uint64_t signature = 0;  // of the cells that it was computed from
  };

  // From now on rows are computed for `budget_ms`, at least one; those that it did not suffice for are pending, and
  // asked for again after the next begin.
  void begin(double budget_ms);
  [[nodiscard]] bool pending() const { return pending_; }
  [[nodiscard]] std::uint64_t computed() const { return computed_; }  // rows so far, each time that they were

  // Null while fewer than two cells of the row have a result, and while the row is pending.
  [[nodiscard]] const Entry* of(const Board& board, Id picture);
  // Over all rows of the board that are not pending.
  [[nodiscard]] const std::vector<PairMean>& means(const Board& board);

 private:
  void drop_gone(const Board& board);

  std::map<Id, Entry> entries_;
  std::vector<PairMean> means_;
  double budget_ms_ = std::numeric_limits<double>::infinity(), spent_ms_ = 0;
  bool pending_ = false;
  std::uint64_t computed_ = 0, board_version_ = 0, means_version_ = 0;
};

}  // namespace effcam::compare
