#include "base/memory.h"

#include <cstddef>
#include <cstdlib>

namespace effcam {

Status room_for(std::uint64_t bytes) {
  // Not worth asking for; and in WebAssembly, whose memory never shrinks, asking makes it grow.
  constexpr std::uint64_t kLittle = 16 << 20;
  if (bytes < kLittle) return {};
  const std::uint64_t asked = bytes > PTRDIFF_MAX ? bytes : bytes + bytes / 8;  // what is small beside it, too
  void* volatile memory = asked > PTRDIFF_MAX ? nullptr : std::malloc(static_cast<std::size_t>(asked));
  if (!memory) return fail("not enough memory: ", asked >> 20, " MiB more are needed");
  std::free(memory);
  return {};
}

}  // namespace effcam
