#include "compare/cell.h"

#include <algorithm>

namespace effcam::compare {

cam::HeatMap shown_map(const CellResult& result, float limit) {
  if (!result.is_signed) return limit > 0 ? cam::normalise(result.map, limit) : cam::normalise(result.map);
  cam::HeatMap shown = result.map;
  if (!(limit > 0)) limit = cam::extent(result.map, true);
  for (float& value : shown.values) value = limit > 0 ? std::clamp(0.5f + 0.5f * value / limit, 0.0f, 1.0f) : 0.5f;
  return shown;
}

cam::ColourMap shown_colours(const CellResult& result, cam::ColourMap chosen) {
  return result.is_signed ? cam::ColourMap::diverging : chosen;
}

}  // namespace effcam::compare
