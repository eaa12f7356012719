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

void add_result(Json& entry, const CellResult& result, const JsonOptions& options) {
  entry["top"] = top_of(result.top);
  entry["target"] = class_of(result.target);
  if (result.against.index >= 0) entry["against"] = class_of(result.against);
  entry["layer"] = result.layer;
  entry["method"] = result.method;
  if (result.score != Score::logit) entry["score"] = score_name(result.score);
  for (const auto& [name, value] : {std::pair("flat", result.flat), std::pair("signed", result.is_signed),
                                    std::pair("counterfactual", result.counterfactual), std::pair("smooth", result.smooth)})
    if (value) entry[name] = true;
  entry["ms"] = {{"decode", rounded(result.ms.decode)},
                 {"forward", rounded(result.ms.forward)},
                 {"map", rounded(result.ms.map)}};
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
