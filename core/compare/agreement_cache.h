// How far the models of each row agree: computed when somebody asks, kept until a cell of the row changes.
#pragma once

#include <cstdint>
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

  // Null while fewer than two cells of the row have a result.
  [[nodiscard]] const Entry* of(const Board& board, Id picture);
  // Over all rows of the board.
  [[nodiscard]] const std::vector<PairMean>& means(const Board& board);

 private:
  void drop_gone(const Board& board);

  std::map<Id, Entry> entries_;
  std::vector<PairMean> means_;
  std::uint64_t computed_ = 0, board_version_ = 0, means_version_ = 0;
};

}  // namespace effcam::compare
