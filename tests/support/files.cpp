#include "support/files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace effcam::test {

std::filesystem::path checkout() { return EFFCAM_TEST_DATA; }
std::filesystem::path golden_folder() { return checkout() / "tests" / "golden"; }

std::filesystem::path shared_folder() {
  if (const char* folder = std::getenv("EFFCAM_SHARED")) return folder;
  return checkout().parent_path() / "shared";
}
bool has_shared() {
  std::error_code error;
  return std::filesystem::exists(shared_folder() / "models" / "reference", error);
}

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace effcam::test
