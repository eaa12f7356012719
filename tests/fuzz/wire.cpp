// Any bytes as a command and as an event: what decodes encodes to something that decodes again.
#include <cstdint>
#include <cstdlib>

#include "compare/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace effcam::compare;
  if (const auto command = decode_command({data, size}); command && !decode_command(encode(*command))) std::abort();
  if (const auto event = decode_event({data, size}); event && !decode_event(encode(*event))) std::abort();
  return 0;
}
