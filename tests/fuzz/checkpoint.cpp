// Metadata and small changes to the header of a whole checkpoint (corpus/checkpoint has headers): described and opened,
// or refused. The tensors' bytes are added here, so that the inputs stay small.
#include <algorithm>

#include "checkpoint/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace effcam::checkpoint;
  constexpr std::size_t kTensorBytes = 8'101'690;  // of B0 with one class, in F16
  std::vector<std::uint8_t> bytes(8 + size + kTensorBytes);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(size >> (8 * i));
  std::copy_n(data, size, bytes.begin() + 8);
  const auto file = File::parse(bytes);
  const auto description = file ? describe(*file) : std::unexpected(file.error());
  if (description && !Weights::open(*file, *description)) __builtin_trap();
  return 0;
}
