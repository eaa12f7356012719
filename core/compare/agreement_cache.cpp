#include "compare/agreement_cache.h"

#include <algorithm>

#include "base/hash.h"
#include "base/stopwatch.h"

namespace effcam::compare {

void AgreementCache::begin(double budget_ms) {
  budget_ms_ = budget_ms;
  spent_ms_ = 0;
  pending_ = false;
}

const AgreementCache::Entry* AgreementCache::of(const Board& board, Id picture) {
  if (board.version() != board_version_) drop_gone(board);
  std::vector<const CellResult*> results;
  std::uint64_t signature = 1;
  for (const auto& model : board.models()) {
    const Cell* cell = board.cell(picture, model.id);
    results.push_back(cell ? cell->result.get() : nullptr);
    signature = mix_hash(mix_hash(signature, model.id), cell ? cell->version : 0);
  }
  if (std::ranges::count_if(results, [](const auto* result) { return result != nullptr; }) < 2) return nullptr;
  Entry& entry = entries_[picture];
  if (entry.signature == signature) return &entry;
  if (spent_ms_ > budget_ms_) {
    pending_ = true;
    return nullptr;
  }
  const AddTime timed(spent_ms_);
  entry = {agree(results), ++computed_, signature};
  return &entry;
}

const std::vector<PairMean>& AgreementCache::means(const Board& board) {
  if (means_version_ == board.version()) return means_;
  std::vector<const Agreement*> rows;
  for (const auto& picture : board.pictures())
    if (const Entry* entry = of(board, picture.id)) rows.push_back(&entry->agreement);
  means_ = mean_agreement(rows);
  if (!pending_) means_version_ = board.version();
  return means_;
}

void AgreementCache::drop_gone(const Board& board) {
  board_version_ = board.version();
  std::erase_if(entries_, [&](const auto& entry) {
    return std::ranges::find(board.pictures(), entry.first, &Picture::id) == board.pictures().end();
  });
}

}  // namespace effcam::compare
