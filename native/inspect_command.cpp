#include <cstdio>

#include "checkpoint/checkpoint.h"
#include "commands.h"
#include "files.h"

namespace effcam::native {

namespace {

const char* name_of(architecture::Padding padding) {
  switch (padding) {
    case architecture::Padding::symmetric: return "symmetric";
    case architecture::Padding::same: return "SAME";
    case architecture::Padding::same_fixed: return "SAME, fixed for the native size";
  }
  return "";
}

const char* name_of(image::Fit fit) {
  switch (fit) {
    case image::Fit::resize_then_crop: return "short side resized, centre cropped";
    case image::Fit::crop_then_resize: return "centre cropped, then resized";
    case image::Fit::warp: return "warped to a square";
  }
  return "";
}

std::string shape_of(const checkpoint::Tensor& tensor) {
  std::string shape;
  for (const std::int64_t side : tensor.shape) shape += text(shape.empty() ? "" : " × ", side);
  return shape.empty() ? "scalar" : shape;
}

void print(const std::string& name, std::size_t bytes, const checkpoint::File& file,
           const checkpoint::Description& is) {
  const image::Preprocessing& input = is.preprocessing;
  std::printf("%s\n", name.c_str());
  if (!is.title.empty()) std::printf("  title         %s\n", is.title.c_str());
  std::printf("  variant       %s\n", std::string(is.variant->name).c_str());
  std::printf("  dialect       %s\n", std::string(checkpoint::name(is.dialect)).c_str());
  std::printf("  family        %s (padding %s, batch norm epsilon %g)\n", is.family.id.c_str(),
              name_of(is.family.padding), static_cast<double>(is.family.epsilon));
  std::printf("  input         %d × %d, %s", input.size, input.size, name_of(input.fit));
  if (input.fit == image::Fit::resize_then_crop) std::printf(" (short side %d)", input.resize);
  std::printf("\n  classes       %d%s\n", is.classes, is.labels.empty() ? "" : ", labelled in the file");
  std::printf("  parameters    %lld\n", architecture::parameters(*is.variant, is.classes));
  std::printf("  multiply-adds %.3f G at %d × %d\n", is.multiply_adds() / 1e9, input.size, input.size);
  std::printf("  tensors       %zu\n  file          %.1f MiB\n", file.tensors().size(), bytes / 1048576.0);
}

[[nodiscard]] Status inspect_one(const std::string& name, const InspectOptions& options) {
  EFFCAM_TRY(const std::filesystem::path path, find_model(name));
  EFFCAM_TRY(const std::vector<std::uint8_t> bytes, read_file(path));
  Result<checkpoint::File> file = checkpoint::File::parse(bytes);
  if (!file) return in_context(name, std::move(file).error());
  const checkpoint::Options asked{.family = options.model.family, .variant = options.model.variant};
  Result<checkpoint::Description> description = checkpoint::describe(*file, asked);
  if (!description) return in_context(name, std::move(description).error());
  print(name, bytes.size(), *file, *description);
  if (!options.tensors) return {};
  for (const checkpoint::Tensor& tensor : file->tensors())
    std::printf("    %-60s %-5s %s\n", tensor.name.c_str(), tensor.dtype_name.c_str(), shape_of(tensor).c_str());
  return {};
}

}  // namespace

int inspect(const InspectOptions& options) {
  int code = 0;
  for (const std::string& name : options.files) {
    const Status status = inspect_one(name, options);
    if (status) continue;
    std::fprintf(stderr, "effcam: %s\n", status.error().message.c_str());
    code = 1;
  }
  return code;
}

}  // namespace effcam::native
