#include "checkpoint/layout.h"

#include <algorithm>

#include "checkpoint/dialect.h"
#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

namespace {

using architecture::LayerKind;
using architecture::LayerSpec;

void append_layer(std::vector<Expected>& to, const std::string& name, const LayerSpec& layer) {
  const std::int64_t out = layer.out, in = layer.in, kernel = layer.kernel;
  switch (layer.kind) {
    case LayerKind::batch_norm:
      for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) to.push_back({name + part, {out}});
      break;
    case LayerKind::affine:
      // The squeeze and the excitation are 1×1 convolutions, the classifier is a matrix.
      if (layer.block >= 0) {
        to.push_back({name + ".weight", {out, in, 1, 1}});
      } else {
        to.push_back({name + ".weight", {out, in}});
      }
      to.push_back({name + ".bias", {out}});
      break;
    case LayerKind::convolution:
    case LayerKind::depthwise: to.push_back({name + ".weight", {out, in, kernel, kernel}}); break;
  }
}

Status check_tensor(const File& file, const Expected& expected, std::string_view variant) {
  const Tensor* tensor = file.find(expected.name);
  if (tensor == nullptr) {
    return fail("tensor ", in_quotes(expected.name), " is missing; ", variant, " needs it with the shape ",
                shape_text(expected.shape));
  }
  if (tensor->shape != expected.shape) {
    return fail("tensor ", in_quotes(expected.name), " has the shape ", shape_text(tensor->shape), "; ", variant,
                " needs ", shape_text(expected.shape));
  }
  if (tensor->dtype != DType::f32 && tensor->dtype != DType::f16 && tensor->dtype != DType::bf16) {
    return fail("tensor ", in_quotes(expected.name), " is ", tensor->dtype_name, "; weights are F32, F16 or BF16");
  }
  return {};
}

}  // namespace

std::vector<Expected> expected_tensors(Dialect dialect, const architecture::Variant& variant, int classes) {
  std::vector<Expected> all;
  for (const LayerSpec& layer : architecture::layers(variant, classes)) {
    const auto name = tensor_name(dialect, variant, layer);
    if (!name) return {};
    append_layer(all, *name, layer);
  }
  return all;
}

Status check_layout(const File& file, Dialect dialect, const architecture::Variant& variant, int classes) {
  const std::vector<Expected> all = expected_tensors(dialect, variant, classes);
  if (all.empty()) return fail("no checkpoint of ", variant.name, " with ", name(dialect), "'s names is known");
  for (const Expected& expected : all) EFFCAM_RETURN_IF_ERROR(check_tensor(file, expected, variant.name));

  // A deeper network would otherwise pass for a shallower one, with its last blocks left out.
  std::vector<std::string_view> names;
  for (const Expected& expected : all) names.push_back(expected.name);
  std::ranges::sort(names);
  for (const Tensor& tensor : file.tensors()) {
    const bool counter = tensor.name.ends_with(".num_batches_tracked");
    if (counter || !tensor.name.starts_with(block_prefix(dialect))) continue;
    if (!std::ranges::binary_search(names, std::string_view(tensor.name))) {
      return fail("tensor ", in_quotes(tensor.name), " belongs to no block of ", variant.name);
    }
  }
  return {};
}

}  // namespace effcam::checkpoint
