#include <gtest/gtest.h>

#include <cstdint>
#include <random>

#include "nn/arena.h"

namespace effcam::nn {
namespace {

TEST(Arena, BuffersAliveTogetherNeverOverlap) {
  std::mt19937 random(3);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
  for (int round = 0; round < 50; ++round) {
    struct Life {
      BufferId id;
      std::size_t values;
      int first, last;
    };
    Arena arena;
    std::vector<Life> lives;
    for (int i = 0; i < 40; ++i) {
      const int first = between(0, 20);
      Life life{0, static_cast<std::size_t>(between(1, 3000)), first, first + between(0, 6)};
      life.id = arena.add(life.values, life.first, life.last);
      lives.push_back(life);
    }
    ASSERT_TRUE(arena.allocate().has_value());
    EXPECT_LT(arena.bytes(), arena.unshared_bytes());
    for (const Life& a : lives) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.data(a.id)) % 64, 0u);
      for (const Life& b : lives) {
        if (a.id == b.id || a.last < b.first || b.last < a.first) continue;
        EXPECT_TRUE(arena.data(a.id) + a.values + 16 <= arena.data(b.id) ||
                    arena.data(b.id) + b.values + 16 <= arena.data(a.id));
      }
    }
  }
}

TEST(Arena, ExtendedBuffersKeepTheirPlace) {
  Arena arena;
  const BufferId kept = arena.add(100, 0, 0);
  arena.extend(kept, 5);
  const BufferId later = arena.add(100, 3, 3);
  ASSERT_TRUE(arena.allocate().has_value());
  EXPECT_NE(arena.data(kept), arena.data(later));
}

TEST(Arena, TooLargeIsAnErrorNotACrash) {
  Arena arena;
  (void)arena.add(std::size_t{1} << (sizeof(void*) == 4 ? 29 : 48), 0, 0);
  EXPECT_FALSE(arena.allocate().has_value());
}

// Sums of sizes that would wrap round to next to nothing.
TEST(Arena, MoreThanCanBeCountedIsAnErrorNotALittle) {
  for (const std::size_t pieces : {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{16}}) {
    Arena arena;
    for (std::size_t i = 0; i < pieces; ++i) (void)arena.add(SIZE_MAX / pieces - 15, 0, 0);
    EXPECT_FALSE(arena.allocate().has_value()) << pieces;
  }
}

TEST(Arena, BytesThatWrapRoundAreAnErrorToo) {
  Arena arena;
  for (int i = 0; i < 4; ++i) (void)arena.add(SIZE_MAX / 16 + 1, 0, 0);  // a quarter of all addresses each
  EXPECT_FALSE(arena.allocate().has_value());
}

}  // namespace
}  // namespace effcam::nn
