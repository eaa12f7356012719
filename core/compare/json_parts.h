// What the parts of the JSON report share. Private to compare/.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "base/text.h"
#include "compare/agreement_report.h"

namespace effcam::compare {

using Json = nlohmann::ordered_json;

// The shortest decimals that read back as the same float: a double's would show digits that are not there.
inline Json number(float value) {
  if (!std::isfinite(value)) return nullptr;
  return Json::parse(text(value), nullptr, false);
}
inline Json numbers(std::span<const float> values) {
  Json list = Json::array();
  for (const float value : values) list.push_back(number(value));
  return list;
}
inline Json json_of(const cam::HeatMap& map) {
  return {{"height", map.height}, {"width", map.width}, {"values", numbers(map.values)}};
}

// Adds agreement[] and agreement_mean[].
void add_agreement(Json& document, const AgreementTable& table, bool maps);

}  // namespace effcam::compare
