#include <array>

#include "compare/json_parts.h"

namespace effcam::compare {

namespace {

void add_similarity(Json& entry, const std::optional<Similarity>& similarity) {
  const auto value = [&](double Similarity::*member) {
    return similarity ? number(static_cast<float>((*similarity).*member)) : Json(nullptr);
  };
  entry["pearson"] = value(&Similarity::pearson);
  entry["rank"] = value(&Similarity::rank);
  entry["iou"] = value(&Similarity::overlap);
}

Json names_of(const AgreementTable& table, std::span<const int> models) {
  Json names = Json::array();
  for (const int model : models) names.push_back(table.models[static_cast<std::size_t>(model)]);
  return names;
}

template <class Pair>
Json pair_of(const AgreementTable& table, const Pair& pair, const std::optional<Similarity>& similarity) {
  Json entry = {{"models", names_of(table, std::array{pair.a, pair.b})}};
  add_similarity(entry, similarity);
  return entry;
}

Json row_of(const AgreementTable& table, std::size_t row, bool maps) {
  const Agreement& agreement = table.rows[row];
  Json pairs = Json::array();
  for (const Pair& pair : agreement.pairs) {
    Json entry = pair_of(table, pair, pair.maps);
    entry["same_class"] = pair.same_class;
    pairs.push_back(std::move(entry));
  }
  Json entry = {{"image", table.images[row]}, {"pairs", std::move(pairs)}, {"majority", nullptr}};
  if (const Vote* most = agreement.majority())
    entry["majority"] = {{"label", most->label}, {"models", names_of(table, most->models)}};
  if (maps) {
    entry["consensus"] = agreement.consensus ? json_of(*agreement.consensus) : Json(nullptr);
    entry["disagreement"] = agreement.disagreement ? json_of(*agreement.disagreement) : Json(nullptr);
  }
  return entry;
}

}  // namespace

void add_agreement(Json& document, const AgreementTable& table, bool maps) {
  Json rows = Json::array(), means = Json::array();
  for (std::size_t row = 0; row < table.rows.size(); ++row) rows.push_back(row_of(table, row, maps));
  for (const PairMean& mean : table.means) {
    Json entry = pair_of(table, mean, mean.similarity);
    entry["same_class"] = number(static_cast<float>(mean.same_class));
    entry["images"] = mean.images;
    entry["maps"] = mean.maps;
    means.push_back(std::move(entry));
  }
  document["agreement"] = std::move(rows);
  document["agreement_mean"] = std::move(means);
}

}  // namespace effcam::compare
