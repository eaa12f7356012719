#include <algorithm>

#include "compare/agreement_report.h"
#include "compare/lettering.h"

namespace effcam::compare {

namespace {

constexpr int kGap = 4;
constexpr std::uint8_t kBackground = 24;

void paste(image::Image& onto, int left, int top, const image::Image& picture) {
  for (int row = 0; row < picture.height; ++row)
    std::copy_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>(row) * picture.width * 3, picture.width * 3,
                onto.rgb.begin() + (static_cast<std::ptrdiff_t>(top + row) * onto.width + left) * 3);
}

// The picture as large as fits in a square, in its middle.
void paste_fitted(image::Image& onto, int left, int top, int side, const image::Image& picture) {
  const int longest = std::max(picture.width, picture.height);
  const int width = std::max(1, picture.width * side / longest), height = std::max(1, picture.height * side / longest);
  paste(onto, left + (side - width) / 2, top + (side - height) / 2,
        image::resize(picture, width, height, image::Filter::bicubic));
}

float common_limit(std::span<const ReportCell> cells) {
  float limit = 0;
  for (const ReportCell& cell : cells)
    if (cell.result) limit = std::max(limit, cam::extent(cell.result->map, cell.result->is_signed));
  return limit;
}

image::Image overlay_of(const CellResult& result, const GridStyle& style, float limit) {
  const cam::HeatMap map = shown_map(result, style.common_scale ? limit : 0);
  const image::Image& seen = result.seen;
  image::Image picture{seen.width, seen.height,
                       cam::overlay(seen.rgb, seen.width, seen.height, map,
                                    shown_colours(result, style.colours), style.blend, style.opacity)};
  if (picture.width == style.cell && picture.height == style.cell) return picture;
  return image::resize(picture, style.cell, style.cell, image::Filter::bilinear);
}

void draw_cell(image::Image& grid, int left, int top, const ReportCell& cell, const GridStyle& style, float limit) {
  const float size = std::max(11.0f, style.cell / 14.0f);
  const int line = static_cast<int>(size) + 2;
  const auto write = [&](int row, std::string_view words) {
    draw_text(grid, left + 2, top + 2 + row * line, size, style.cell - 4, words);
  };
  if (!cell.result) {
    write(0, cell.model);
    write(1, cell.error);
    return;
  }
  paste(grid, left, top, overlay_of(*cell.result, style, limit));
  const Prediction& best = cell.result->top.front();
  const bool int8 = cell.result->precision == efficientnet::Precision::int8;
  write(0, int8 ? text(cell.model, ", int8") : cell.model);
  write(1, text(best.label, " ", fixed(100.0 * best.probability, 1), " %"));
  if (cell.result->target.index != best.index || cell.result->counterfactual || cell.result->against.index >= 0)
    write(2, text(cell.result->counterfactual ? "against " : "for ", cell.result->target.label,
                  cell.result->against.index >= 0 ? text(" and not ", cell.result->against.label) : std::string()));
  if (cell.result->flat) write(3, "no positive evidence");
}

void draw_agreement(image::Image& grid, int left, int top, const PictureInfo* picture, const Agreement& agreement,
                    const GridStyle& style) {
  const float size = std::max(11.0f, style.cell / 14.0f);
  const auto draw = [&](const std::optional<cam::HeatMap>& map, float limit, std::string_view name) {
    if (map && picture) {
      const image::Image seen = draw_over_box(*picture, *agreement.box, *map, limit, style);
      paste(grid, left + (style.cell - seen.width) / 2, top + (style.cell - seen.height) / 2, seen);
    }
    draw_text(grid, left + 2, top + 2, size, style.cell - 4, map ? name : text(name, ": undefined"));
    left += style.cell + kGap;
  };
  draw(agreement.consensus, 1, "consensus");
  draw(agreement.disagreement, kMostDisagreement, "disagreement");
}

}  // namespace

image::Image draw_grid(std::span<const GridRow> rows, std::span<const std::string> models,
                       std::span<const ReportCell> cells, const GridStyle& style, const AgreementTable* agreement) {
  const int step = style.cell + kGap, columns = 1 + static_cast<int>(models.size());
  image::Image grid{kGap + step * (columns + (agreement ? 2 : 0)), kGap + step * static_cast<int>(rows.size()), {}};
  grid.rgb.assign(static_cast<std::size_t>(grid.width) * grid.height * 3, kBackground);
  const float limit = common_limit(cells);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const int top = kGap + step * static_cast<int>(row);
    if (rows[row].picture) paste_fitted(grid, kGap, top, style.cell, rows[row].picture->thumbnail);
    draw_text(grid, kGap + 2, top + 2, std::max(11.0f, style.cell / 14.0f), style.cell - 4, rows[row].name);
    for (std::size_t column = 0; column < models.size(); ++column)
      draw_cell(grid, kGap + step * (1 + static_cast<int>(column)), top, cells[row * models.size() + column], style,
                limit);
    if (agreement) draw_agreement(grid, kGap + step * columns, top, rows[row].picture, agreement->rows[row], style);
  }
  return grid;
}

}  // namespace effcam::compare
