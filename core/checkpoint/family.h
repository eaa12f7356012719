// The families as data: what cannot be seen from the tensors.
#pragma once

#include <string_view>

#include "checkpoint/checkpoint.h"

namespace effcam::checkpoint {

// What a family means for one variant.
struct FamilyFacts {
  Family family;
  image::Preprocessing preprocessing;
};

// By id or alias, letter case ignored. Errors list the ids.
[[nodiscard]] Result<FamilyFacts> find_family(std::string_view id, const architecture::Variant& variant);

// The family of a file that does not say.
[[nodiscard]] std::string_view default_family(Dialect dialect);

}  // namespace effcam::checkpoint
