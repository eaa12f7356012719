#include <algorithm>

#include "checkpoint/checkpoint.h"
#include "checkpoint/dialect.h"
#include "checkpoint/layout.h"
#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

Result<Weights> Weights::open(const File& file, const Description& description) {
  EFFCAM_RETURN_IF_ERROR(check_layout(file, description.dialect, *description.variant, description.classes));
  Weights weights;
  weights.file_ = &file;
  for (const architecture::LayerSpec& layer : architecture::layers(*description.variant, description.classes)) {
    auto name = tensor_name(description.dialect, *description.variant, layer);
    EFFCAM_CHECK(name.has_value());
    weights.names_.emplace(layer.name, std::move(*name));
  }
  return weights;
}

Result<std::vector<float>> Weights::read(std::string_view layer, std::string_view part) const {
  const auto name = names_.find(layer);
  EFFCAM_CHECK(name != names_.end());
  const Tensor* tensor = file_->find(text(name->second, part));
  EFFCAM_CHECK(tensor != nullptr);
  std::vector<float> values(static_cast<std::size_t>(tensor->elements()));
  EFFCAM_RETURN_IF_ERROR(read_floats(file_->source(), *tensor, values));
  return values;
}

Result<std::vector<float>> Weights::convolution(std::string_view layer) const { return read(layer, ".weight"); }

Result<architecture::Norm> Weights::norm(std::string_view layer) const {
  architecture::Norm norm;
  EFFCAM_TRY(norm.weight, read(layer, ".weight"));
  EFFCAM_TRY(norm.bias, read(layer, ".bias"));
  EFFCAM_TRY(norm.mean, read(layer, ".running_mean"));
  EFFCAM_TRY(norm.variance, read(layer, ".running_var"));
  // Its square root is taken.
  const auto negative = std::ranges::find_if(norm.variance, [](float value) { return value < 0; });
  if (negative != norm.variance.end()) {
    return fail("tensor ", in_quotes(text(names_.find(layer)->second, ".running_var")), ": the variance at index ",
                negative - norm.variance.begin(), " is negative");
  }
  return norm;
}

Result<architecture::Affine> Weights::affine(std::string_view layer) const {
  architecture::Affine affine;
  EFFCAM_TRY(affine.weight, read(layer, ".weight"));
  EFFCAM_TRY(affine.bias, read(layer, ".bias"));
  return affine;
}

}  // namespace effcam::checkpoint
