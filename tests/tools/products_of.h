// The 1×1 convolutions of a variant and the least time of a run, for the benchmarks of products.
#pragma once

#include <algorithm>
#include <vector>

#include "architecture/architecture.h"
#include "base/stopwatch.h"

namespace effcam::test {

// side × side positions of `in` values each become as many of `out`.
struct Product {
  int side, in, out;
};

// Of blocks at the variant's native size: expansions, projections, the head's convolution.
[[nodiscard]] inline std::vector<Product> products_of(const architecture::Variant& variant) {
  std::vector<Product> products;
  int side = (variant.size + 1) / 2;
  for (const architecture::Block& block : variant.blocks) {
    if (block.expand != 1) products.push_back({side, block.in, block.expanded()});
    side = (side + block.stride - 1) / block.stride;
    products.push_back({side, block.expanded(), block.out});
  }
  products.push_back({side, variant.blocks.back().out, variant.head});
  return products;
}

// In milliseconds.
template <class Run>
[[nodiscard]] double time_of(const Run& run) {
  const Stopwatch watch;
  run();
  return watch.milliseconds();
}

template <class Run>
[[nodiscard]] double least_time_of(int runs, const Run& run) {
  double least = 1e9;
  for (int i = 0; i < runs; ++i) least = std::min(least, time_of(run));
  return least;
}

}  // namespace effcam::test
