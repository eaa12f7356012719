// What the operators of a forward pass cost: Network::profile measures it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace effcam::efficientnet {

// Multiply-adds, and those of them that XNNPACK's operators make.
struct Work {
  double multiply_adds = 0, xnnpack = 0;

  friend Work operator+(const Work& a, const Work& b) { return {a.multiply_adds + b.multiply_adds, a.xnnpack + b.xnnpack}; }
};

struct Cost {
  std::string name;
  double multiply_adds = 0, milliseconds = 0;
  double xnnpack_multiply_adds = 0, xnnpack_milliseconds = 0;  // of these, in XNNPACK's operators

  // Billions of operations a second, a multiply-add being two.
  [[nodiscard]] double gflops() const { return milliseconds > 0 ? 2e-6 * multiply_adds / milliseconds : 0; }
  // What XNNPACK carries of it. By a coarse clock a part can be longer than the whole.
  [[nodiscard]] double xnnpack_work_share() const { return multiply_adds > 0 ? xnnpack_multiply_adds / multiply_adds : 0; }
  [[nodiscard]] double xnnpack_time_share() const {
    return milliseconds > 0 ? std::min(xnnpack_milliseconds / milliseconds, 1.0) : 0;
  }
};

struct OperatorCost {
  Cost cost;          // "block.3 expand+depthwise"
  std::string kind;   // "expand+depthwise"
  std::string stage;  // "stem", "stage 2", "head"
};

struct Profile {
  std::vector<OperatorCost> operators;  // in the order of the pass

  [[nodiscard]] Cost total() const;
  // Sums, named in the order of their first operators.
  [[nodiscard]] std::vector<Cost> by_kind() const;
  [[nodiscard]] std::vector<Cost> by_stage() const;
};

// Each operator's mean over the faster half of passes of one plan: free of passes that something interrupted, and finer
// than a browser's coarse clock. There is one pass at least.
[[nodiscard]] Profile mean_of_faster_half(std::vector<Profile> passes);

}  // namespace effcam::efficientnet
