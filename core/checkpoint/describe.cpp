// From a file's names, shapes and metadata to what it is.
#include <algorithm>

#include "checkpoint/checkpoint.h"
#include "checkpoint/dialect.h"
#include "checkpoint/family.h"
#include "checkpoint/layout.h"
#include "checkpoint/metadata.h"
#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

namespace {

using architecture::Variant;

Result<Dialect> recognise_dialect(const File& file) {
  for (const Dialect dialect : dialects()) {
    if (file.find(stem_weight(dialect)) != nullptr) return dialect;
  }
  std::string known;
  for (const Dialect dialect : dialects()) {
    known += text(known.empty() ? "" : ", ", "'", stem_weight(dialect), "' (", name(dialect), ")");
  }
  return fail("not an EfficientNet: expected the stem's weights as one of ", known,
              file.tensors().empty() ? text("; the file has no tensors")
                                     : text("; the file's first tensor is ", in_quotes(file.tensors()[0].name)));
}

// How well a file fits: tensors that are as expected less those that are not.
int fit(const File& file, Dialect dialect, const Variant& variant, int classes) {
  int score = 0;
  for (const Expected& expected : expected_tensors(dialect, variant, classes)) {
    const Tensor* tensor = file.find(expected.name);
    score += tensor != nullptr && tensor->shape == expected.shape ? 1 : -1;
  }
  return score;
}

// The variant that fits best, so that the message about a damaged file speaks of the right network. (In a dialect that
// counts blocks by stage, a shallower variant's tensors are a part of a deeper one's of the same width: hence "best".)
const Variant* recognise_variant(const File& file, Dialect dialect, int classes) {
  const Variant* best = nullptr;
  int best_score = 0;
  for (const Variant& variant : architecture::variants()) {
    const int score = fit(file, dialect, variant, classes);
    if (score > best_score) {
      best = &variant;
      best_score = score;
    }
  }
  return best;
}

Result<const Variant*> choose_variant(const File& file, Dialect dialect, int classes, const Options& options) {
  if (!options.variant.empty()) {
    const Variant* variant = architecture::find_variant(options.variant);
    if (variant != nullptr) return variant;
    std::string known;
    for (const Variant& each : architecture::variants()) known += text(known.empty() ? "" : ", ", each.id);
    return fail("no variant is called ", in_quotes(options.variant), "; there are ", known);
  }
  // The tensors know better than a name that we do not know.
  if (const Variant* stated = architecture::find_variant(metadata_value(file.metadata(), "variant"))) return stated;
  if (const Variant* found = recognise_variant(file, dialect, classes)) return found;
  return fail("the tensors have ", name(dialect), "'s names, but fit none of the known variants");
}

Result<FamilyFacts> choose_family(const File& file, Dialect dialect, const Variant& variant, const Options& options) {
  if (!options.family.empty()) return find_family(options.family, variant);
  const std::string_view stated = metadata_value(file.metadata(), "family");
  if (stated.empty()) return find_family(default_family(dialect), variant);
  auto found = find_family(stated, variant);
  if (!found) return in_context("the file's metadata", std::move(found).error());
  return found;
}

Result<int> count_classes(const File& file, Dialect dialect) {
  const Variant& any = architecture::variants().front();
  const std::string weight = text(tensor_name(dialect, any, architecture::layers(any, 1).back()).value_or(""), ".weight");
  const Tensor* tensor = file.find(weight);
  if (tensor == nullptr) return fail("tensor ", in_quotes(weight), " is missing; it holds the classifier's weights");
  if (tensor->shape.size() != 2 || tensor->shape[0] < 1 || tensor->shape[0] > 1'000'000) {
    return fail("tensor ", in_quotes(weight), " has the shape ", shape_text(tensor->shape),
                "; a classifier needs [classes, channels]");
  }
  return static_cast<int>(tensor->shape[0]);
}

}  // namespace

Result<Description> describe(const File& file, const Options& options) {
  EFFCAM_TRY(const Dialect dialect, recognise_dialect(file));
  EFFCAM_TRY(const int classes, count_classes(file, dialect));
  EFFCAM_TRY(const Variant* variant, choose_variant(file, dialect, classes, options));
  EFFCAM_RETURN_IF_ERROR(check_layout(file, dialect, *variant, classes));
  EFFCAM_TRY(FamilyFacts facts, choose_family(file, dialect, *variant, options));

  Description description{variant, dialect, std::move(facts.family), {}, classes, {}, {}};
  EFFCAM_TRY(description.preprocessing, with_metadata(facts.preprocessing, file.metadata()));
  EFFCAM_TRY(description.labels, read_labels(file.metadata(), classes));
  description.title = metadata_value(file.metadata(), "title");
  if (description.title.empty()) description.title = metadata_value(file.metadata(), "name");
  return description;
}

}  // namespace effcam::checkpoint
