#include <algorithm>
#include <array>
#include <string>

#include "cam/overlay.h"
#include "cam/viridis.h"

namespace effcam::cam {

namespace {

using Table = std::array<Rgb, 256>;

constexpr std::uint8_t byte(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

// The 256 entries of OpenCV's COLORMAP_JET, which are these lines but for one rounding.
constexpr Table make_jet() {
  Table table{};
  for (int i = 0; i < 256; ++i) {
    table[static_cast<std::size_t>(i)] = {byte(std::min(4 * i - 382, 1148 - 4 * i)),
                                          byte(std::min(4 * i - 128, 892 - 4 * i)),
                                          byte(std::min(4 * i + 128, 638 - 4 * i))};
  }
  table[159][2] = 1;
  return table;
}

constexpr Table make_viridis() {
  Table table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::uint32_t rgb = kViridis[i];
    table[i] = {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8),
                static_cast<std::uint8_t>(rgb)};
  }
  return table;
}

// White in step 127, which is where a value of 0.5 falls: no evidence has no colour.
constexpr Table make_diverging() {
  constexpr int kZero = 127, kBlue[3] = {5, 72, 176}, kRed[3] = {178, 16, 24};
  Table table{};
  for (int i = 0; i < 256; ++i) {
    const bool negative = i < kZero;
    const int distance = negative ? kZero - i : i - kZero, span = negative ? kZero : 255 - kZero;
    for (std::size_t k = 0; k < 3; ++k) {
      const int end = negative ? kBlue[k] : kRed[k];
      table[static_cast<std::size_t>(i)][k] = byte((255 * (span - distance) + end * distance + span / 2) / span);
    }
  }
  return table;
}

struct ColourRow {
  ColourMap map;
  std::string_view name;
  Table table;
};

constexpr std::array<ColourRow, 3> kColours{{
    {ColourMap::jet, "jet", make_jet()},
    {ColourMap::viridis, "viridis", make_viridis()},
    {ColourMap::diverging, "diverging", make_diverging()},
}};

}  // namespace

std::string_view colour_map_name(ColourMap map) { return kColours[static_cast<std::size_t>(map)].name; }

Result<ColourMap> parse_colour_map(std::string_view name) {
  std::string names;
  for (const ColourRow& each : kColours) {
    if (each.name == name) return each.map;
    names += text(names.empty() ? "" : ", ", each.name);
  }
  return fail("there is no colour map '", name, "'; the colour maps are ", names);
}

Rgb colour(ColourMap map, float value) {
  const float step = value > 0 ? std::min(255 * value, 255.0f) : 0;  // so written that a NaN is step 0
  return kColours[static_cast<std::size_t>(map)].table[static_cast<std::size_t>(step)];
}

}  // namespace effcam::cam
