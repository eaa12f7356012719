#include "compare/agreement.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace effcam::compare {

namespace {

std::string folded(std::string_view label) {
  std::string lower(label);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// The models' samples on the common grid; nothing where a model has no map to compare.
using AllSamples = std::vector<std::optional<Samples>>;

AllSamples sample_all(std::span<const CellResult* const> cells, const image::Box& box) {
  AllSamples samples(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i] || cells[i]->flat || cells[i]->map.values.empty()) continue;
    samples[i] = Samples::of(sample(cells[i]->map, cells[i]->box, box, Agreement::side).values);
  }
  return samples;
}

std::vector<Vote> votes_of(std::span<const CellResult* const> cells, std::vector<int>& vote_of) {
  std::vector<Vote> votes;
  std::map<std::string, int> known;
  vote_of.assign(cells.size(), -1);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i]) continue;
    const std::string& label = cells[i]->top.front().label;
    const auto [place, is_new] = known.try_emplace(folded(label), static_cast<int>(votes.size()));
    if (is_new) votes.push_back({label, {}});
    vote_of[i] = place->second;
    votes[static_cast<std::size_t>(place->second)].models.push_back(static_cast<int>(i));
  }
  return votes;
}

void add_pairs(Agreement& agreement, std::span<const int> vote_of, const AllSamples& samples) {
  const int count = static_cast<int>(vote_of.size());
  for (int a = 0; a < count; ++a)
    for (int b = a + 1; b < count; ++b) {
      if (vote_of[a] < 0 || vote_of[b] < 0) continue;
      Pair pair{a, b, vote_of[a] == vote_of[b], {}};
      if (samples[a] && samples[b]) pair.maps = samples[a]->similarity(*samples[b]);
      agreement.pairs.push_back(pair);
    }
}

void add_maps(Agreement& agreement, const AllSamples& samples) {
  constexpr int side = Agreement::side;
  std::vector<cam::HeatMap> maps;
  for (const std::optional<Samples>& each : samples)
    if (each) maps.push_back(cam::normalise({side, side, each->values()}));
  if (maps.size() < 2) return;
  cam::HeatMap mean{side, side, std::vector<float>(side * side)}, deviation = mean;
  for (std::size_t i = 0; i < mean.values.size(); ++i) {
    double sum = 0, squares = 0;
    for (const cam::HeatMap& map : maps) sum += map.values[i];
    const double centre = sum / static_cast<double>(maps.size());
    for (const cam::HeatMap& map : maps) squares += (map.values[i] - centre) * (map.values[i] - centre);
    mean.values[i] = static_cast<float>(centre);
    deviation.values[i] = static_cast<float>(std::sqrt(squares / static_cast<double>(maps.size())));
  }
  agreement.consensus = std::move(mean);
  agreement.disagreement = std::move(deviation);
}

}  // namespace

std::optional<image::Box> intersection(std::span<const image::Box> boxes) {
  if (boxes.empty()) return std::nullopt;
  double left = boxes[0].left, top = boxes[0].top, right = left + boxes[0].width, bottom = top + boxes[0].height;
  for (const image::Box& box : boxes) {
    left = std::max(left, box.left);
    top = std::max(top, box.top);
    right = std::min(right, box.left + box.width);
    bottom = std::min(bottom, box.top + box.height);
  }
  if (right <= left || bottom <= top) return std::nullopt;
  return image::Box{left, top, right - left, bottom - top};
}

cam::HeatMap sample(const cam::HeatMap& map, const image::Box& covers, const image::Box& part, int side) {
  EFFCAM_CHECK(covers.width > 0 && covers.height > 0);
  const double rows = map.height / covers.height, columns = map.width / covers.width;  // of a pixel of the picture
  return cam::resample(map, {(part.top - covers.top) * rows, (part.left - covers.left) * columns, part.height * rows,
                             part.width * columns}, side, side);
}

const Vote* Agreement::majority() const {
  if (votes.empty() || votes[0].models.size() < 2) return nullptr;
  if (votes.size() > 1 && votes[1].models.size() == votes[0].models.size()) return nullptr;
  return &votes[0];
}

Agreement agree(std::span<const CellResult* const> cells) {
  Agreement agreement;
  std::vector<int> vote_of;
  agreement.votes = votes_of(cells, vote_of);
  std::vector<image::Box> boxes;
  for (const CellResult* cell : cells)
    if (cell) boxes.push_back(cell->box);
  agreement.models = static_cast<int>(boxes.size());
  agreement.box = intersection(boxes);
  AllSamples samples(cells.size());
  if (agreement.box && agreement.models > 1) samples = sample_all(cells, *agreement.box);
  add_pairs(agreement, vote_of, samples);
  add_maps(agreement, samples);
  std::ranges::stable_sort(agreement.votes, std::ranges::greater{}, [](const Vote& vote) { return vote.models.size(); });
  return agreement;
}

std::string agreement_sentence(const Agreement& agreement) {
  if (agreement.models < 2) return "";
  if (const Vote* most = agreement.majority())
    return text(most->models.size(), " of ", agreement.models, " say ", most->label);
  const std::vector<Vote>& votes = agreement.votes;
  if (votes[0].models.size() == 1) return agreement.models == 2 ? "Both differ" : text("All ", agreement.models, " differ");
  return text("Tied: ", votes[0].models.size(), " of ", agreement.models, " say ", votes[0].label, ", ",
              votes[1].models.size(), " ", votes[1].label);
}

std::vector<PairMean> mean_agreement(std::span<const Agreement* const> images) {
  std::map<std::pair<int, int>, PairMean> sums;
  for (const Agreement* image : images)
    for (const Pair& pair : image->pairs) {
      PairMean& sum = sums.try_emplace({pair.a, pair.b}, PairMean{pair.a, pair.b}).first->second;
      ++sum.images;
      sum.same_class += pair.same_class;
      if (!pair.maps) continue;
      ++sum.maps;
      if (!sum.similarity) sum.similarity.emplace();
      sum.similarity->pearson += pair.maps->pearson;
      sum.similarity->rank += pair.maps->rank;
      sum.similarity->overlap += pair.maps->overlap;
    }
  std::vector<PairMean> means;
  for (auto& [models, mean] : sums) {
    mean.same_class /= mean.images;
    if (mean.similarity) {
      mean.similarity->pearson /= mean.maps;
      mean.similarity->rank /= mean.maps;
      mean.similarity->overlap /= mean.maps;
    }
    means.push_back(mean);
  }
  return means;
}

}  // namespace effcam::compare
