// A finished board as a JSON document (docs/json.md) and as one picture.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cam/overlay.h"
#include "compare/cell.h"

namespace effcam::compare {

// One cell of a report: a result or the reason why there is none.
struct ReportCell {
  std::string image, model, variant;
  const CellResult* result = nullptr;
  std::string error;
};

struct JsonOptions {
  bool logits = false, maps = false;
};
struct AgreementTable;  // agreement_report.h
[[nodiscard]] std::string to_json(std::span<const ReportCell> cells, const JsonOptions& options,
                                  const AgreementTable* agreement = nullptr);

struct GridStyle {
  cam::ColourMap colours = cam::ColourMap::jet;
  cam::Blend blend = cam::Blend::alpha;
  float opacity = 0.5f;
  bool common_scale = false;  // one scale across cells instead of one a cell
  int cell = 224;             // side of a cell in pixels
};
struct GridRow {
  std::string name;
  const PictureInfo* picture = nullptr;  // null: the picture could not be read
};
// A row for each picture (the picture itself, then one overlay a model), white labels at the top left of each cell.
// `cells`: rows.size() × models.size(), row by row. With `agreement` two more columns, over the part of the picture that
// all models saw: consensus in [0, 1], and disagreement in [0, 0.5], the same scales in every row.
[[nodiscard]] image::Image draw_grid(std::span<const GridRow> rows, std::span<const std::string> models,
                                     std::span<const ReportCell> cells, const GridStyle& style,
                                     const AgreementTable* agreement = nullptr);

}  // namespace effcam::compare
