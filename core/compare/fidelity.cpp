#include "compare/fidelity.h"

#include <algorithm>
#include <cmath>

#include "compare/explain.h"
#include "compare/similarity.h"

namespace effcam::compare {

void Fidelity::add(const CellResult& exact, const CellResult& other) {
  const double apart = std::abs(double{exact.target.probability} - other.target.probability);
  difference = (difference * images + apart) / (images + 1);
  worst_difference = std::max(worst_difference, apart);
  same_class += exact.top.front().index == other.top.front().index;
  ++images;
  const std::optional<Samples> ours = Samples::of(exact.map.values), theirs = Samples::of(other.map.values);
  if (!ours || !theirs) return;
  const double alike = ours->similarity(*theirs).rank;
  rank = (rank * maps + alike) / (maps + 1);
  worst_rank = std::min(worst_rank, alike);
  ++maps;
}

Result<Fidelity> fidelity(std::span<const image::Image> pictures, model::Model& exact, model::Model& other,
                          nn::ThreadPool& pool) {
  Fidelity sum;
  for (const image::Image& picture : pictures) {
    EFFCAM_TRY(const CellResult first, explained(picture, exact, {}, pool));
    EFFCAM_TRY(const CellResult second, explained(picture, other, {.target = text(first.target.index)}, pool));
    sum.add(first, second);
  }
  return sum;
}

}  // namespace effcam::compare
