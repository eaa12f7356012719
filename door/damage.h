// What of a picture has changed since the frame before, for a framebuffer that keeps its pixels. Knows nothing of OpenGL.
#pragma once

#include <cstdint>
#include <vector>

namespace effcam::door {

// Pixels of the framebuffer, [left, right) × [top, bottom), y downwards.
struct PixelBox {
  int left = 0, top = 0, right = 0, bottom = 0;

  [[nodiscard]] bool empty() const { return left >= right || top >= bottom; }
  bool operator==(const PixelBox&) const = default;
};

[[nodiscard]] PixelBox intersection(const PixelBox& a, const PixelBox& b);

// A frame is told as shapes in the order in which they are drawn, each with the pixels that it may touch and a hash of all
// that it is made of. The framebuffer is divided into tiles, and a tile is damaged when its shapes are not those of the
// frame before.
class Damage {
 public:
  // Another size than before: everything is damaged.
  void begin(int width, int height);
  void add(const PixelBox& box, std::uint64_t hash);
  // Boxes that do not overlap and cover the damage; none: the frame is the same as before.
  [[nodiscard]] std::vector<PixelBox> end();
  // The pixels are not what was told: the next frame is damaged throughout.
  void forget() { before_.clear(); }

 private:
  [[nodiscard]] PixelBox pixels_of(const PixelBox& tiles) const;

  int width_ = 0, height_ = 0, columns_ = 0, rows_ = 0;
  std::vector<std::uint64_t> tiles_, before_;
};

}  // namespace effcam::door
