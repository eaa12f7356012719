// The heights of tiles of sums in the operators' kernels, where there are several.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace effcam::nn::xnnpack {

// The height that operators have from now on, unless another fits their rows better. In WebAssembly with relaxed SIMD there are
// tiles of 4 × 8 and of 5 × 8, of which neither is faster on all processors, and a processor cannot be asked which it is: it is
// measured, at the first call, the second, the fourth, and so on. Browsers compile quickly first and well later, and what is
// measured early says nothing about which is faster in the end. So whoever plans a pass asks again before each pass, and plans
// anew where the answer has changed; the values do not depend on it. Elsewhere the answer is always the same. One caller at a
// time.
[[nodiscard]] int tile_height();

// Rows of a product in tiles of one height; 0: XNNPACK's own.
struct Tiles {
  std::uint32_t height = 0;
  std::size_t rows = 0;
};
// How `rows` rows are divided. A last tile takes the time of a whole one: with two heights most counts need none that is not
// whole, as 100 = 4·7 + 9·8. The second may have no rows.
[[nodiscard]] std::array<Tiles, 2> divide_into_tiles(std::size_t rows);

// The operators that are made while it is in scope have tiles of this height (0: XNNPACK's own). XNNPACK keeps the height for
// the whole process: whoever makes a product or a convolution holds one of these.
class TileHeight {
 public:
  explicit TileHeight(std::uint32_t height = 0);
  ~TileHeight();
  TileHeight(const TileHeight&) = delete;
  TileHeight& operator=(const TileHeight&) = delete;

 private:
  std::lock_guard<std::mutex> lock_;
  bool changed_;
};

}  // namespace effcam::nn::xnnpack
