// Where the tests' data lies, and what of it is here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace effcam::test {

[[nodiscard]] std::filesystem::path checkout();      // the root of the repository
[[nodiscard]] std::filesystem::path golden_folder();  // tests/golden
// The developers' shared folder beside the checkout (or $EFFCAM_SHARED); tests that need it skip when it is absent:
//   if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
[[nodiscard]] std::filesystem::path shared_folder();
[[nodiscard]] bool has_shared();
inline constexpr const char* kNoShared = "needs the developers' ../shared folder, which is absent here";

// The bytes of a file; fails the test when it cannot be read.
[[nodiscard]] std::vector<std::uint8_t> read_file(const std::filesystem::path& path);

}  // namespace effcam::test
