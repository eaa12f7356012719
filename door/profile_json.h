// A profile and a peak as JSON, for `effcam bench --json` and for the page's benchmark.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "efficientnet/profile.h"
#include "nn/own/kernels.h"
#include "nn/peak.h"

namespace effcam {

inline nlohmann::ordered_json json_of(const nn::Peak& peak) {
  return {{"kernels", nn::kernels().name},
          {"threads", peak.threads},
          {"gflops", peak.gflops},
          {"one_thread_gflops", peak.one_gflops}};
}

namespace detail {
inline nlohmann::ordered_json json_of(const efficientnet::Cost& cost, double whole_ms, double peak_gflops) {
  return {{"name", cost.name},
          {"multiply_adds", cost.multiply_adds},
          {"ms", cost.milliseconds},
          {"gflops", cost.gflops()},
          {"time_share", whole_ms > 0 ? cost.milliseconds / whole_ms : 0},
          {"peak_share", peak_gflops > 0 ? cost.gflops() / peak_gflops : 0},
          {"xnnpack",
           {{"multiply_adds", cost.xnnpack_multiply_adds},
            {"ms", cost.xnnpack_milliseconds},
            {"work_share", cost.xnnpack_work_share()},
            {"time_share", cost.xnnpack_time_share()}}}};
}
}  // namespace detail

// total, kinds[], stages[] and operators[]: each a name with its cost, the share of the peak of as many threads,
// and XNNPACK's part in it.
inline nlohmann::ordered_json json_of(const efficientnet::Profile& profile, double peak_gflops) {
  const efficientnet::Cost total = profile.total();
  const auto json = [&](const efficientnet::Cost& cost) {
    return detail::json_of(cost, total.milliseconds, peak_gflops);
  };
  const auto list = [&](std::span<const efficientnet::Cost> costs) {
    auto made = nlohmann::ordered_json::array();
    for (const efficientnet::Cost& cost : costs) made.push_back(json(cost));
    return made;
  };
  auto operators = nlohmann::ordered_json::array();
  for (const efficientnet::OperatorCost& each : profile.operators) {
    operators.push_back(json(each.cost));
    operators.back()["kind"] = each.kind;
    operators.back()["stage"] = each.stage;
  }
  return {{"total", json(total)}, {"kinds", list(profile.by_kind())}, {"stages", list(profile.by_stage())},
          {"operators", std::move(operators)}};
}

}  // namespace effcam
