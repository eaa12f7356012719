#include "memory_limit.h"

#ifdef __linux__
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#endif

namespace effcam::native {

// The sanitizers reserve terabytes.
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)

namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

// What the machine could give without swapping, in bytes.
std::uint64_t available() {
  std::ifstream file("/proc/meminfo");
  std::uint64_t kibibytes = 0;
  for (std::string word; file >> word;)
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes << 10;
  return kUnknown;
}

// What this container may have; a machine, or one without a limit, has no number there.
std::uint64_t allowed() {
  std::ifstream file("/sys/fs/cgroup/memory.max");
  std::uint64_t bytes = 0;
  return file >> bytes ? bytes : kUnknown;
}

}  // namespace

void limit_memory() {
  const std::uint64_t most = std::min(available(), allowed());
  rlimit limit{};
  if (most == kUnknown || getrlimit(RLIMIT_DATA, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, most);
  setrlimit(RLIMIT_DATA, &limit);
}

#else

void limit_memory() {}

#endif

}  // namespace effcam::native
