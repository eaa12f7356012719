// `effcam bench --profile` and `--peak`: where the time of a forward pass goes, and what the machine could do.
#include <cmath>
#include <cstdio>
#include <span>
#include <string>

#include "base/text.h"
#include "commands.h"
#include "door/profile_json.h"

namespace effcam::native {

namespace {

using efficientnet::Cost;
using efficientnet::Profile;

// Whose operator it is; XNNPACK's have a share of the time in which it does its part, the rest is ours.
std::string maker_of(const Cost& cost) {
  if (cost.xnnpack_multiply_adds == 0 && cost.xnnpack_milliseconds == 0) return "effcam";
  return text("XNNPACK ", std::lround(100 * cost.xnnpack_time_share()), " %");
}

void print_row(const Cost& cost, double whole_ms, double peak) {
  std::printf("  %-28s %9.3f ms  %5.1f %%  %9.2f  %7.1f GFLOP/s  %9.0f %%  %s\n", cost.name.c_str(), cost.milliseconds,
              100 * cost.milliseconds / whole_ms, cost.multiply_adds / 1e6, cost.gflops(), 100 * cost.gflops() / peak,
              maker_of(cost).c_str());
}

void print_costs(const char* title, std::span<const Cost> costs, double whole_ms, double peak) {
  std::printf("  %-28s %12s  %7s  %9s  %15s  %11s  %s\n", title, "time", "share", "10^6 MAC", "speed", "of the peak",
              "made by (of its time)");
  for (const Cost& cost : costs) print_row(cost, whole_ms, peak);
}

}  // namespace

void print_profile(const Profile& profile, bool operators, double peak) {
  const Cost total = profile.total();
  print_costs("kind", profile.by_kind(), total.milliseconds, peak);
  print_costs("stage", profile.by_stage(), total.milliseconds, peak);
  if (operators) {
    std::vector<Cost> costs;
    for (const efficientnet::OperatorCost& each : profile.operators) costs.push_back(each.cost);
    print_costs("operator", costs, total.milliseconds, peak);
  }
  print_row(total, total.milliseconds, peak);
  std::printf("XNNPACK carries %.1f %% of the multiply-adds and %.0f %% of the time\n", 100 * total.xnnpack_work_share(),
              100 * total.xnnpack_time_share());
}

void print_peak(bool json, nn::ThreadPool& pool) {
  const nn::Peak peak = nn::measure_peak(pool);
  if (json) {
    std::printf("%s\n", json_of(peak).dump().c_str());
    return;
  }
  std::printf("%s: peak of one thread %.1f GFLOP/s", nn::kernels().name, peak.one_gflops);
  if (peak.threads > 1) std::printf(", of %d threads %.1f GFLOP/s", peak.threads, peak.gflops);
  std::printf("\n");
}

}  // namespace effcam::native
