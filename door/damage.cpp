#include "door/damage.h"

#include <algorithm>

namespace effcam::door {
namespace {

constexpr int kTile = 32;  // pixels: a cell has a few dozen tiles, its progress bar one row of them
// Each box costs a draw call for every command that it touches: of more than these, the one around all is cheaper.
constexpr std::size_t kMostBoxes = 12;

int tiles_for(int pixels) { return (pixels + kTile - 1) / kTile; }

// Boxes of tiles. A run goes on with the box above it where both are equally wide.
void add_run(std::vector<PixelBox>& boxes, const PixelBox& run) {
  const auto above = std::ranges::find_if(boxes, [&](const PixelBox& box) {
    return box.bottom == run.top && box.left == run.left && box.right == run.right;
  });
  if (above == boxes.end()) {
    boxes.push_back(run);
  } else {
    above->bottom = run.bottom;
  }
}

PixelBox around(const std::vector<PixelBox>& boxes) {
  PixelBox all = boxes.front();
  for (const PixelBox& box : boxes) {
    all = {std::min(all.left, box.left), std::min(all.top, box.top), std::max(all.right, box.right),
           std::max(all.bottom, box.bottom)};
  }
  return all;
}

}  // namespace

PixelBox intersection(const PixelBox& a, const PixelBox& b) {
  return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right), std::min(a.bottom, b.bottom)};
}

void Damage::begin(int width, int height) {
  if (width != width_ || height != height_) forget();
  width_ = width;
  height_ = height;
  columns_ = tiles_for(width);
  rows_ = tiles_for(height);
  tiles_.assign(static_cast<std::size_t>(columns_) * rows_, 0);
}

void Damage::add(const PixelBox& box, std::uint64_t hash) {
  const PixelBox seen = intersection(box, {0, 0, width_, height_});
  if (seen.empty()) return;
  for (int row = seen.top / kTile; row < tiles_for(seen.bottom); ++row) {
    for (int column = seen.left / kTile; column < tiles_for(seen.right); ++column) {
      std::uint64_t& tile = tiles_[static_cast<std::size_t>(row) * columns_ + column];
      tile = (tile ^ hash) * 0x9e3779b97f4a7c15u;
      tile ^= tile >> 32;
    }
  }
}

std::vector<PixelBox> Damage::end() {
  std::vector<PixelBox> boxes;
  const bool all = before_.size() != tiles_.size();
  for (int row = 0; row < rows_; ++row) {
    const std::size_t line = static_cast<std::size_t>(row) * columns_;
    const auto damaged = [&](int column) { return all || tiles_[line + column] != before_[line + column]; };
    for (int column = 0; column < columns_; ++column) {
      if (!damaged(column)) continue;
      const int first = column;
      while (column < columns_ && damaged(column)) ++column;
      add_run(boxes, {first, row, column, row + 1});
    }
  }
  if (boxes.size() > kMostBoxes) boxes = {around(boxes)};
  for (PixelBox& box : boxes) box = pixels_of(box);
  before_.swap(tiles_);
  return boxes;
}

PixelBox Damage::pixels_of(const PixelBox& tiles) const {
  return {tiles.left * kTile, tiles.top * kTile, std::min(tiles.right * kTile, width_),
          std::min(tiles.bottom * kTile, height_)};
}

}  // namespace effcam::door
