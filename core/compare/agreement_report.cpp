#include "compare/agreement_report.h"

#include <algorithm>
#include <set>

namespace effcam::compare {

namespace {

std::size_t letters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}
std::string padded(std::string_view words, std::size_t width, bool right) {
  const std::string space(width - std::min(width, letters(words)), ' ');
  return right ? space + std::string(words) : std::string(words) + space;
}

// A file's name without its folder and its ending, where that still tells the models apart.
std::vector<std::string> short_names(std::span<const std::string> models) {
  std::vector<std::string> names;
  for (const std::string& model : models) {
    names.push_back(model.substr(model.find_last_of("/\\") + 1));
    if (names.back().ends_with(".safetensors")) names.back().resize(names.back().rfind('.'));
  }
  const bool distinct = std::set(names.begin(), names.end()).size() == std::set(models.begin(), models.end()).size();
  return distinct ? names : std::vector(models.begin(), models.end());
}

class Text {
 public:
  explicit Text(const AgreementTable& table) : names_(short_names(table.models)) {
    for (const PairMean& mean : table.means) width_ = std::max(width_, letters(pair_name(mean.a, mean.b)));
    text_ = text(padded("agreement", width_ + 2, false), padded("pearson", 10, true), padded("rank", 8, true),
                 padded("iou", 8, true), "  class\n");
  }
  void heading(std::string_view words) { text_ += text(words, "\n"); }
  void line(int a, int b, const std::optional<Similarity>& similarity, std::string_view classes) {
    const auto value = [&](double Similarity::*member) {
      return similarity ? fixed((*similarity).*member, 3) : std::string("–");
    };
    text_ += text("  ", padded(pair_name(a, b), width_, false), padded(value(&Similarity::pearson), 10, true),
                  padded(value(&Similarity::rank), 8, true), padded(value(&Similarity::overlap), 8, true), "  ", classes,
                  "\n");
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  [[nodiscard]] std::string pair_name(int a, int b) const {
    return text(names_[static_cast<std::size_t>(a)], ", ", names_[static_cast<std::size_t>(b)]);
  }
  std::vector<std::string> names_;
  std::size_t width_ = 0;
  std::string text_;
};

std::string counted(int count, std::string_view what) { return text(count, " ", what, count == 1 ? "" : "s"); }

}  // namespace

AgreementTable agreement_table(std::span<const ReportCell> cells, std::size_t models) {
  EFFCAM_CHECK(models > 0 && cells.size() % models == 0);
  AgreementTable table;
  for (std::size_t i = 0; i < std::min(models, cells.size()); ++i) table.models.push_back(cells[i].model);
  for (std::size_t first = 0; first < cells.size(); first += models) {
    std::vector<const CellResult*> results;
    for (const ReportCell& cell : cells.subspan(first, models)) results.push_back(cell.result);
    table.images.push_back(cells[first].image);
    table.rows.push_back(agree(results));
  }
  std::vector<const Agreement*> rows;
  for (const Agreement& row : table.rows) rows.push_back(&row);
  table.means = mean_agreement(rows);
  return table;
}

std::string agreement_text(const AgreementTable& table) {
  Text lines(table);
  int counted_images = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Agreement& agreement = table.rows[row];
    const std::string sentence = agreement_sentence(agreement);
    lines.heading(text(table.images[row], ": ", sentence.empty() ? "fewer than two models have answered" : sentence));
    for (const Pair& pair : agreement.pairs) lines.line(pair.a, pair.b, pair.maps, pair.same_class ? "same" : "differ");
    counted_images += agreement.models > 1;
  }
  lines.heading(text("mean of ", counted(counted_images, "image")));
  for (const PairMean& mean : table.means) {
    std::string classes = text(fixed(100 * mean.same_class, 0), " % same of ", counted(mean.images, "image"));
    if (mean.maps < mean.images) classes += text(", maps of ", mean.maps);
    lines.line(mean.a, mean.b, mean.similarity, classes);
  }
  return lines.take();
}

image::Image draw_over_box(const PictureInfo& picture, const image::Box& box, const cam::HeatMap& map, float limit,
                           const GridStyle& style) {
  const image::Image& whole = picture.thumbnail;
  const double x = static_cast<double>(whole.width) / picture.width, y = static_cast<double>(whole.height) / picture.height;
  const auto side = [&](double length) {
    return std::max(1, static_cast<int>(style.cell * length / std::max(box.width, box.height)));
  };
  // Within the thumbnail whatever its scale rounds to.
  const double left = std::max(0.0, box.left * x), top = std::max(0.0, box.top * y);
  const image::Box part{left, top, std::min(box.width * x, whole.width - left),
                        std::min(box.height * y, whole.height - top)};
  image::Image seen = image::resize(whole, side(box.width), side(box.height), image::Filter::bicubic, part);
  seen.rgb = cam::overlay(seen.rgb, seen.width, seen.height, cam::normalise(map, limit), style.colours, style.blend,
                          style.opacity);
  return seen;
}

}  // namespace effcam::compare
