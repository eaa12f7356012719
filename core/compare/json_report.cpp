#include <cmath>

#include "compare/json_parts.h"

namespace effcam::compare {

namespace {

double rounded(double milliseconds) { return std::round(milliseconds * 1000) / 1000; }

Json class_of(const Prediction& prediction) { return {{"index", prediction.index}, {"label", prediction.label}}; }

Json top_of(std::span<const Prediction> top) {
  Json list = Json::array();
  for (const Prediction& prediction : top) {
    Json entry = class_of(prediction);
    entry["logit"] = number(prediction.logit);
    entry["probability"] = number(prediction.probability);
    list.push_back(std::move(entry));
  }
  return list;
}

Json curve_of(const Curve& curve) {
  return {{"area", number(static_cast<float>(curve.area))},
          {"share", numbers(curve.share)},
          {"confidence", numbers(curve.confidence)}};
}
Json maybe(const std::optional<double>& value) {
  return value ? number(static_cast<float>(*value)) : Json(nullptr);
}

Json judgement_of(const Judgement& judgement) {
  Json entry = {{"confidence", number(judgement.confidence)}};
  for (std::size_t which = 0; which < kJudged.size(); ++which) {
    const FaithfulnessScores& scores = judged(judgement, which);
    entry[std::string(kJudged[which])] = {{"deletion", curve_of(scores.deletion)},
                                          {"insertion", curve_of(scores.insertion)},
                                          {"road", number(static_cast<float>(scores.road))},
                                          {"drop", number(static_cast<float>(scores.drop))},
                                          {"increase", scores.increase}};
  }
  entry["completeness"] = maybe(judgement.completeness);
  entry["random_weights"] = {{"pearson", maybe(judgement.random_weights_pearson)},
                             {"rank", maybe(judgement.random_weights_rank)}};
  entry["ms"] = rounded(judgement.ms);
  return entry;
}

void add_result(Json& entry, const CellResult& result, const JsonOptions& options) {
  entry["top"] = top_of(result.top);
  entry["target"] = class_of(result.target);
  if (result.against.index >= 0) entry["against"] = class_of(result.against);
  entry["layer"] = result.layer;
  entry["method"] = result.method;
  entry["precision"] = precision_name(result.precision);
  if (result.score != Score::logit) entry["score"] = score_name(result.score);
  for (const auto& [name, value] : {std::pair("flat", result.flat), std::pair("signed", result.is_signed),
                                    std::pair("counterfactual", result.counterfactual), std::pair("smooth", result.smooth)})
    if (value) entry[name] = true;
  entry["ms"] = {{"decode", rounded(result.ms.decode)},
                 {"forward", rounded(result.ms.forward)},
                 {"map", rounded(result.ms.map)}};
  if (result.judgement) entry["judgement"] = judgement_of(*result.judgement);
  if (options.logits) entry["logits"] = numbers(result.logits);
  if (options.maps) entry["map"] = json_of(result.map);
}

}  // namespace

std::string to_json(std::span<const ReportCell> cells, const JsonOptions& options, const AgreementTable* agreement) {
  Json results = Json::array();
  for (const ReportCell& cell : cells) {
    Json entry = {{"image", cell.image}, {"model", cell.model}};
    if (!cell.variant.empty()) entry["variant"] = cell.variant;
    if (cell.result) add_result(entry, *cell.result, options);
    if (!cell.error.empty()) entry["error"] = cell.error;
    results.push_back(std::move(entry));
  }
  Json document = {{"results", std::move(results)}};
  if (agreement) add_agreement(document, *agreement, options.maps);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace effcam::compare
