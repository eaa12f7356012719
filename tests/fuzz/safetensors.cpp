// Any bytes as a .safetensors file: its tensors lie inside it, or it is refused.
#include "checkpoint/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace effcam::checkpoint;
  const auto file = File::parse({data, size});
  if (!file) return 0;
  for (const Tensor& tensor : file->tensors()) {
    std::vector<float> values(static_cast<std::size_t>(tensor.dtype_name.ends_with("16") ? tensor.elements() : 0));
    if (!values.empty()) (void)read_floats(file->source(), tensor, values);
    if (file->find(tensor.name) != &tensor) __builtin_trap();
  }
  return 0;
}
