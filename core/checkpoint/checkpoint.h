// Checkpoints: from the bytes of a .safetensors file to validated tensors, and from a dialect's names to weights by
// canonical name (architecture::layers).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/architecture.h"
#include "architecture/parameters.h"
#include "base/result.h"
#include "checkpoint/source.h"
#include "image/preprocessing.h"

namespace effcam::checkpoint {

enum class DType { f32, f16, bf16, i64, other };

// One tensor of a file, and where its bytes lie.
struct Tensor {
  std::string name;
  DType dtype = DType::f32;
  std::string dtype_name;  // as in the file: "F32"
  std::vector<std::int64_t> shape;
  std::uint64_t at = 0, size = 0;  // bytes in the file

  [[nodiscard]] std::int64_t elements() const;
};

// A .safetensors file whose structure has been checked: header length and JSON, no duplicate names or keys, every dtype,
// shape × size == byte range, ranges without overlaps or holes, nothing after the last byte.
class File {
 public:
  // Reads the header; the source must outlive the file.
  [[nodiscard]] static Result<File> parse(const Source& source);
  // Views `bytes`, which must outlive it.
  [[nodiscard]] static Result<File> parse(std::span<const std::uint8_t> bytes);

  [[nodiscard]] const Source& source() const { return *source_; }

  [[nodiscard]] std::span<const Tensor> tensors() const { return tensors_; }  // by name
  [[nodiscard]] const Tensor* find(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }

 private:
  std::unique_ptr<const Source> own_;  // of bytes in memory
  const Source* source_ = nullptr;
  std::vector<Tensor> tensors_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

// Widens F32, F16 or BF16 to f32. `out` has tensor.elements() floats. Errors: another dtype; a value that is not finite
// (named with its index); the source's.
[[nodiscard]] Status read_floats(const Source& source, const Tensor& tensor, std::span<float> out);

enum class Dialect { lukemelas, torchvision, timm, hugging_face };
[[nodiscard]] std::string_view name(Dialect dialect);

// What differs between checkpoints of one architecture, and cannot be seen from their tensors (reference: families).
struct Family {
  std::string id;  // "lukemelas", "advprop", "timm-tf" (EfficientNetV2-B0 to B3 too), … : families()
  float epsilon = 1e-3f;  // of the batch norms
  architecture::Padding padding = architecture::Padding::same;
};

struct Options {
  std::string family;   // empty: from the metadata, else the dialect's default
  std::string variant;  // empty: recognised from the tensors
};

// What a file is, before any weight is read.
struct Description {
  const architecture::Variant* variant = nullptr;
  Dialect dialect = Dialect::timm;
  Family family;
  image::Preprocessing preprocessing;  // of the family and variant, or of the metadata
  int classes = 0;
  std::vector<std::string> labels;  // from the metadata; empty when the file has none
  std::string title;                // metadata "name"/"title", else empty

  // Of a forward pass at the preprocessing's size.
  [[nodiscard]] double multiply_adds() const {
    return architecture::multiply_adds(*variant, preprocessing.size, preprocessing.size, classes);
  }
};
// Errors name the first tensor that is missing or has another shape, with what was expected. Tensors of no use here are
// ignored, except in the blocks, where they mean another network. A file's metadata may have
//   variant        "b0", "v2_b0", "EfficientNet-B0"; else recognised from the tensors
//   family         one of families(), or "tf" (timm-tf); else the dialect's default
//   input_size     the side ("224", "[3, 224, 224]")
//   crop_pct       the share of the short side that the centre crop keeps ("0.875"): resize = floor(size / crop_pct)
//   interpolation  "bicubic", "bilinear", "nearest"
//   mean, std      three numbers from 0 to 1 ("0.485,0.456,0.406")
//   labels         a JSON array, one string a class; any other text names a list known elsewhere ("imagenet1k")
//   title, name    what to call the model
[[nodiscard]] Result<Description> describe(const File& file, const Options& options = {});

// The ids that Options::family accepts, each with a line of help.
struct FamilyHelp {
  std::string_view id, help;
};
[[nodiscard]] std::span<const FamilyHelp> families();

// A file's weights by canonical name. Views the file, which must outlive it.
class Weights final : public architecture::ParameterSource {
 public:
  // Checks every name and shape against architecture::layers before any value is read.
  [[nodiscard]] static Result<Weights> open(const File& file, const Description& description);

  [[nodiscard]] Result<std::vector<float>> convolution(std::string_view layer) const override;
  [[nodiscard]] Result<architecture::Norm> norm(std::string_view layer) const override;
  [[nodiscard]] Result<architecture::Affine> affine(std::string_view layer) const override;

 private:
  [[nodiscard]] Result<std::vector<float>> read(std::string_view layer, std::string_view part) const;

  const File* file_ = nullptr;
  std::map<std::string, std::string, std::less<>> names_;  // canonical → the dialect's, without ".weight"
};

}  // namespace effcam::checkpoint
