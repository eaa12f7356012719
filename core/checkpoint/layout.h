// Which tensors a variant needs in a dialect, and whether a file has them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "architecture/architecture.h"
#include "checkpoint/checkpoint.h"

namespace effcam::checkpoint {

struct Expected {
  std::string name;
  std::vector<std::int64_t> shape;
};

// Every tensor, in the order of the forward pass; empty when the dialect has no names for the variant.
[[nodiscard]] std::vector<Expected> expected_tensors(Dialect dialect, const architecture::Variant& variant, int classes);

// Every expected tensor is there with its shape and a number format that weights have, and no block is left over that
// the variant has not. Errors name the first tensor that is amiss.
[[nodiscard]] Status check_layout(const File& file, Dialect dialect, const architecture::Variant& variant, int classes);

}  // namespace effcam::checkpoint
