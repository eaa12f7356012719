// How far the models agree, image by image and on the mean: as text, and as parts of the JSON report and of the grid.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compare/agreement.h"
#include "compare/report.h"

namespace effcam::compare {

struct AgreementTable {
  std::vector<std::string> images, models;
  std::vector<Agreement> rows;  // one an image
  std::vector<PairMean> means;
};
// `cells`: images × models of them, row by row.
[[nodiscard]] AgreementTable agreement_table(std::span<const ReportCell> cells, std::size_t models);

// A paragraph for each image and one for the mean of all: a line a pair of models.
[[nodiscard]] std::string agreement_text(const AgreementTable& table);

// The part of the picture that the models share under `map` (values in [0, limit]), as large as fits in a cell.
[[nodiscard]] image::Image draw_over_box(const PictureInfo& picture, const image::Box& box, const cam::HeatMap& map,
                                         float limit, const GridStyle& style);

}  // namespace effcam::compare
