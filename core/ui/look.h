// How a map is painted, and which cell is meant.
#pragma once

#include "cam/overlay.h"
#include "compare/board.h"

namespace effcam::ui {

struct Look {
  cam::ColourMap colours = cam::ColourMap::jet;
  cam::Blend blend = cam::Blend::alpha;
  float opacity = 0.5f;
  bool operator==(const Look&) const = default;
};

// What shows the picture or the map alone.
inline constexpr Look original_look{cam::ColourMap::jet, cam::Blend::alpha, 0};
[[nodiscard]] constexpr Look map_look(const Look& look) { return {look.colours, cam::Blend::alpha, 1}; }

struct CellRef {
  compare::Id picture = 0, model = 0;
  bool operator==(const CellRef&) const = default;
};

}  // namespace effcam::ui
