// Writes what the browser tests feed to the page: a synthetic checkpoint and a synthetic input (f32, NHWC).
//   effcam_fixture VARIANT CLASSES SEED lukemelas|torchvision CHECKPOINT HEIGHT WIDTH IMAGE_SEED INPUT
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "support/synthetic.h"

namespace {

bool write(const char* path, const void* bytes, std::size_t size) {
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  return file.good();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace effcam;
  const architecture::Variant* variant = argc == 10 ? architecture::find_variant(argv[1]) : nullptr;
  if (!variant) {
    std::fprintf(stderr, "usage: effcam_fixture VARIANT CLASSES SEED DIALECT CHECKPOINT HEIGHT WIDTH IMAGE_SEED INPUT\n");
    return 2;
  }
  const auto dialect = argv[4] == std::string_view("lukemelas") ? checkpoint::Dialect::lukemelas
                                                                : checkpoint::Dialect::torchvision;
  const auto checkpoint = test::synthetic_checkpoint(*variant, std::atoi(argv[2]),
                                                     static_cast<std::uint32_t>(std::atoll(argv[3])), dialect);
  const auto input = test::synthetic_image(std::atoi(argv[6]), std::atoi(argv[7]),
                                           static_cast<std::uint32_t>(std::atoll(argv[8])));
  const bool written = write(argv[5], checkpoint.data(), checkpoint.size()) &&
                       write(argv[9], input.data(), input.size() * sizeof(float));
  return written ? 0 : 1;
}
