// What a file's metadata says about its preprocessing and labels (the keys are listed at describe()).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/preprocessing.h"

namespace effcam::checkpoint {

using Metadata = std::map<std::string, std::string, std::less<>>;

// Empty where there is none.
[[nodiscard]] std::string_view metadata_value(const Metadata& metadata, std::string_view key);

// The family's preprocessing with what the metadata states in its place. Errors name the key and its value.
[[nodiscard]] Result<image::Preprocessing> with_metadata(image::Preprocessing preprocessing, const Metadata& metadata);

// One label a class, or none. Errors: not a JSON array of strings, another number of labels.
[[nodiscard]] Result<std::vector<std::string>> read_labels(const Metadata& metadata, int classes);

}  // namespace effcam::checkpoint
