#include "checkpoint/family.h"

#include <algorithm>
#include <iterator>

#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

namespace {

using architecture::Padding;
using image::Filter;
using image::Fit;

// The input's side and the short side before the crop. 0: the variant's native size.
struct Sizes {
  int size = 0, resize = 0;
};

// How the public checkpoints of a variant are evaluated.
struct VariantRow {
  std::string_view variant;
  Sizes timm_tf;  // floor(size / crop_pct)
  Sizes timm;     // efficientnet_b0.ra, b1.ft, b2.ra, b3.ra2, b4.ra2; from B5 on there are none in this style
  Sizes torchvision;
  float torchvision_epsilon;
};

constexpr VariantRow kVariantRows[] = {
    {"b0", {224, 256}, {224, 256}, {224, 256}, 1e-5f},    {"b1", {240, 272}, {224, 256}, {240, 256}, 1e-5f},
    {"b2", {260, 292}, {256, 292}, {288, 288}, 1e-5f},    {"b3", {300, 331}, {288, 329}, {300, 320}, 1e-5f},
    {"b4", {380, 412}, {320, 365}, {380, 384}, 1e-5f},    {"b5", {456, 488}, {456, 488}, {456, 456}, 1e-3f},
    {"b6", {528, 560}, {528, 560}, {528, 528}, 1e-3f},    {"b7", {600, 632}, {600, 632}, {600, 600}, 1e-3f},
    {"v2-b0", {224, 256}, {224, 256}, {224, 256}, 1e-3f}, {"v2-b1", {240, 272}, {240, 272}, {240, 272}, 1e-3f},
    {"v2-b2", {260, 292}, {260, 292}, {260, 292}, 1e-3f}, {"v2-b3", {300, 331}, {300, 331}, {300, 331}, 1e-3f},
};

constexpr Sizes kNative{};
Sizes native(const VariantRow&) { return kNative; }
Sizes timm_tf(const VariantRow& row) { return row.timm_tf; }
Sizes timm(const VariantRow& row) { return row.timm; }
Sizes torchvision(const VariantRow& row) { return row.torchvision; }

enum class Colours { imagenet, half };  // half: mean = std = 0.5, so that the input is 2x − 1

struct FamilyRow {
  std::string_view id, alias, help;
  float epsilon;  // 0: torchvision's, which depends on the variant
  Padding padding;
  Fit fit;
  Filter filter;
  Colours colours;
  Sizes (*sizes)(const VariantRow&);
};

constexpr FamilyRow kFamilies[] = {
    {"lukemelas", "", "efficientnet-pytorch: SAME padding, epsilon 1e-3; short side to the input's size, centre crop",
     1e-3f, Padding::same, Fit::resize_then_crop, Filter::bicubic, Colours::imagenet, native},
    {"advprop", "", "efficientnet-pytorch trained with AdvProp: as lukemelas, but mean = std = 0.5",  //
     1e-3f, Padding::same, Fit::resize_then_crop, Filter::bicubic, Colours::half, native},
    {"timm-tf", "tf", "timm's tf_efficientnet_b*, tf_efficientnetv2_b*: SAME padding, epsilon 1e-3; timm's crops",
     1e-3f, Padding::same, Fit::resize_then_crop, Filter::bicubic, Colours::imagenet, timm_tf},
    {"timm-tf-ap", "tf-ap", "timm's tf_efficientnet_b*.ap: as timm-tf, but mean = std = 0.5",  //
     1e-3f, Padding::same, Fit::resize_then_crop, Filter::bicubic, Colours::half, timm_tf},
    {"timm", "", "timm's efficientnet_b*: symmetric padding, epsilon 1e-5",  //
     1e-5f, Padding::symmetric, Fit::resize_then_crop, Filter::bicubic, Colours::imagenet, timm},
    {"torchvision", "", "torchvision: symmetric padding, epsilon 1e-5 (B0 to B4) or 1e-3 (B5 to B7)",  //
     0, Padding::symmetric, Fit::resize_then_crop, Filter::bicubic, Colours::imagenet, torchvision},
    {"hugging-face", "huggingface", "google/efficientnet-b*: SAME padding fixed for the native size; warped, nearest pixel",
     1e-3f, Padding::same_fixed, Fit::warp, Filter::nearest, Colours::imagenet, native},
    {"tensorflow", "", "the TensorFlow originals: SAME padding, epsilon 1e-3; centre crop of size/(size+32), then resized",
     1e-3f, Padding::same, Fit::crop_then_resize, Filter::bicubic, Colours::imagenet, native},
};

struct DefaultRow {
  Dialect dialect;
  std::string_view family;
};
// timm's names do not tell its two families apart; tf_* has every variant.
constexpr DefaultRow kDefaults[] = {{Dialect::lukemelas, "lukemelas"},
                                    {Dialect::torchvision, "torchvision"},
                                    {Dialect::timm, "timm-tf"},
                                    {Dialect::hugging_face, "hugging-face"}};

std::string normalised(std::string_view id) {
  std::string plain(id);
  for (char& c : plain) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return plain;
}

image::Preprocessing preprocessing_of(const FamilyRow& row, const architecture::Variant& variant) {
  const auto* sizes = std::ranges::find(kVariantRows, variant.id, &VariantRow::variant);
  EFFCAM_CHECK(sizes != std::end(kVariantRows));
  const Sizes chosen = row.sizes(*sizes);
  image::Preprocessing made;
  made.size = chosen.size > 0 ? chosen.size : variant.size;
  made.resize = chosen.resize > 0 ? chosen.resize : made.size;
  made.fit = row.fit;
  made.filter = row.filter;
  if (row.colours == Colours::half) {
    std::ranges::fill(made.mean, 0.5f);
    std::ranges::fill(made.std, 0.5f);
  }
  return made;
}

float epsilon_of(const FamilyRow& row, const architecture::Variant& variant) {
  if (row.epsilon > 0) return row.epsilon;
  return std::ranges::find(kVariantRows, variant.id, &VariantRow::variant)->torchvision_epsilon;
}

}  // namespace

Result<FamilyFacts> find_family(std::string_view id, const architecture::Variant& variant) {
  const std::string wanted = normalised(id);
  for (const FamilyRow& row : kFamilies) {
    if (wanted != row.id && (row.alias.empty() || wanted != row.alias)) continue;
    return FamilyFacts{{std::string(row.id), epsilon_of(row, variant), row.padding}, preprocessing_of(row, variant)};
  }
  std::string known;
  for (const FamilyRow& row : kFamilies) known += text(known.empty() ? "" : ", ", row.id);
  return fail("no family is called ", in_quotes(id), "; there are ", known);
}

std::string_view default_family(Dialect dialect) {
  return std::ranges::find(kDefaults, dialect, &DefaultRow::dialect)->family;
}

std::span<const FamilyHelp> families() {
  static const std::vector<FamilyHelp> help = [] {
    std::vector<FamilyHelp> made;
    for (const FamilyRow& row : kFamilies) made.push_back({row.id, row.help});
    return made;
  }();
  return help;
}

}  // namespace effcam::checkpoint
