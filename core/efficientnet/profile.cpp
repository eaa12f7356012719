#include "efficientnet/profile.h"

#include <algorithm>
#include <utility>

#include "base/result.h"

namespace effcam::efficientnet {

namespace {

void add(Cost& sum, const Cost& cost) {
  sum.multiply_adds += cost.multiply_adds;
  sum.milliseconds += cost.milliseconds;
  sum.xnnpack_multiply_adds += cost.xnnpack_multiply_adds;
  sum.xnnpack_milliseconds += cost.xnnpack_milliseconds;
}

std::vector<Cost> sums(const Profile& profile, std::string OperatorCost::* key) {
  std::vector<Cost> made;
  for (const OperatorCost& each : profile.operators) {
    auto found = std::ranges::find(made, each.*key, &Cost::name);
    if (found == made.end()) found = made.insert(made.end(), {each.*key});
    add(*found, each.cost);
  }
  return made;
}

}  // namespace

Cost Profile::total() const {
  Cost sum{"total"};
  for (const OperatorCost& each : operators) add(sum, each.cost);
  return sum;
}

std::vector<Cost> Profile::by_kind() const { return sums(*this, &OperatorCost::kind); }
std::vector<Cost> Profile::by_stage() const { return sums(*this, &OperatorCost::stage); }

Profile mean_of_faster_half(std::vector<Profile> passes) {
  EFFCAM_CHECK(!passes.empty());
  std::ranges::sort(passes, {}, [](const Profile& pass) { return pass.total().milliseconds; });
  const std::size_t half = (passes.size() + 1) / 2;
  Profile mean = std::move(passes.front());
  for (std::size_t i = 0; i < mean.operators.size(); ++i) {
    for (double Cost::* const ms : {&Cost::milliseconds, &Cost::xnnpack_milliseconds}) {
      double& sum = mean.operators[i].cost.*ms;
      for (std::size_t pass = 1; pass < half; ++pass) sum += passes[pass].operators[i].cost.*ms;
      sum /= static_cast<double>(half);
    }
  }
  return mean;
}

}  // namespace effcam::efficientnet
