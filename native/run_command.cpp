#include <unistd.h>

#include <cstdio>
#include <map>

#include "commands.h"
#include "compare/agreement_report.h"
#include "compare/engine.h"
#include "compare/explain.h"
#include "compare/report.h"
#include "files.h"

namespace effcam::native {

namespace {

using namespace compare;

// A line on the terminal that says how far the work is; nothing where standard error is a file.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted) : shown_(wanted && isatty(STDERR_FILENO)) {}
  ~ProgressLine() { clear(); }
  void show(const std::string& words) {
    if (shown_) std::fprintf(stderr, "\r\033[K%s", words.c_str());
  }
  void clear() { show(""); }

 private:
  bool shown_;
};

void print_judgement(const Judgement& judgement) {
  std::printf("  %-8s %9s %9s %7s %7s\n", "belief", "deletion", "insertion", "ROAD", "drop");
  for (std::size_t which = 0; which < kJudged.size(); ++which) {
    const FaithfulnessScores& scores = judged(judgement, which);
    std::printf("  %-8s %9.3f %9.3f %+7.3f %6.1f %%%s\n", std::string(kJudged[which]).c_str(), scores.deletion.area,
                scores.insertion.area, scores.road, 100 * scores.drop, scores.increase ? " (rises)" : "");
  }
  if (judgement.completeness) std::printf("  completeness error %.1e\n", *judgement.completeness);
  if (judgement.random_weights_rank)
    std::printf("  rank correlation with random weights' map %+.2f\n", *judgement.random_weights_rank);
}

class Runner {
 public:
  Runner(const RunOptions& options, Request request)
      : options_(options),
        request_(std::move(request)),
        worker_(options.threads > 0 ? options.threads : nn::hardware_threads()),
        progress_(!options.quiet) {}

  [[nodiscard]] int run() {
    rows_.resize(options_.images.size());
    cells_.resize(rows_.size() * options_.models.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) add_picture(row);
    work();
    for (std::size_t column = 0; column < options_.models.size(); ++column) run_model(column);
    progress_.clear();
    return report();
  }

 private:
  struct Row {
    std::optional<PictureInfo> picture;
    std::string error;
  };
  struct Column {
    std::string variant, error;
  };
  struct Outcome {
    std::optional<CellResult> result;
    std::string variant, error;
  };

  static Id id_of(std::size_t place) { return static_cast<Id>(place) + 1; }

  void add_picture(std::size_t row) {
    Result<std::vector<std::uint8_t>> bytes = read_file(options_.images[row]);
    if (bytes) {
      worker_.handle(AddPicture{id_of(row), options_.images[row], std::move(*bytes)});
    } else {
      rows_[row].error = bytes.error().message;
    }
  }

  // One model at a time: its weights are gone before the next one's come.
  void run_model(std::size_t column) {
    model_ = {};
    const std::string& name = options_.models[column];
    const Result<std::filesystem::path> path = find_model(name);
    Result<std::shared_ptr<const checkpoint::Source>> file = path ? open_file(*path) : std::unexpected(path.error());
    if (file) {
      worker_.handle(AddModel{1, name, {}, options_.model.options(needs_gradients(request_)), std::move(*file)});
      work();
    } else {
      model_.error = file.error().message;
    }
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const std::size_t cell = row * options_.models.size() + column;
      cells_[cell].variant = model_.variant;
      cells_[cell].error = !rows_[row].error.empty() ? rows_[row].error : model_.error;
      if (cells_[cell].error.empty()) worker_.handle(Explain{id_of(cell), id_of(row), 1, request_, false});
    }
    work();
    worker_.handle(RemoveModel{1});
  }

  void work() {
    std::vector<Event> events;
    while (worker_.step(events)) {
      for (Event& event : events) std::visit([&](auto& each) { on(each); }, event);
      events.clear();
    }
  }

  void on(PictureReady& event) {
    Row& row = rows_[event.picture - 1];
    if (event.info) {
      row.picture = std::move(*event.info);
    } else {
      row.error = event.info.error().message;
    }
  }
  void on(ModelProgress& event) { progress_.show(text("packing ", static_cast<int>(event.share * 100), " %")); }
  void on(ModelReady& event) {
    if (event.info) {
      model_.variant = event.info->variant;
      say_cost();
    } else {
      model_.error = event.info.error().message;
    }
  }
  void on(ModelWanted&) {}
  // Before the first cell: methods that run the network many times take their time.
  void say_cost() {
    const double passes = forward_passes(request_, *architecture::find_variant(model_.variant));
    if (options_.quiet || passes < kCostlyPasses) return;
    progress_.clear();
    std::fprintf(stderr, "%s: about %.0f forward passes a cell\n", model_.variant.c_str(), passes);
  }
  void on(CellProgress& event) {
    progress_.show(text("cell ", event.cell, " of ", cells_.size(), ": ", static_cast<int>(event.share * 100), " %"));
  }
  void on(CellReady& event) {
    Outcome& cell = cells_[event.cell - 1];
    if (event.result) {
      cell.result = std::move(*event.result);
    } else {
      cell.error = event.result.error().message;
    }
  }

  [[nodiscard]] std::vector<ReportCell> report_cells() const {
    std::vector<ReportCell> list;
    for (std::size_t i = 0; i < cells_.size(); ++i)
      list.push_back({options_.images[i / options_.models.size()], options_.models[i % options_.models.size()],
                      cells_[i].variant, cells_[i].result ? &*cells_[i].result : nullptr, cells_[i].error});
    return list;
  }

  [[nodiscard]] int report() const {
    const std::vector<ReportCell> list = report_cells();
    bool failed = false;
    for (const ReportCell& cell : list) {
      if (cell.error.empty()) continue;
      std::fprintf(stderr, "effcam: %s\n", cell.error.c_str());
      failed = true;
    }
    std::optional<AgreementTable> agreement;
    if (options_.agreement) agreement = agreement_table(list, options_.models.size());
    const AgreementTable* table = agreement ? &*agreement : nullptr;
    if (!options_.out.empty()) failed |= !said(write_grid(list, table));
    if (!options_.json.empty()) failed |= !said(write_json(list, table));
    if (options_.json != "-") print_table(list);
    if (options_.json != "-" && table) std::fputs(agreement_text(*table).c_str(), stdout);
    return failed ? 1 : 0;
  }

  static bool said(const Status& status) {
    if (!status) std::fprintf(stderr, "effcam: %s\n", status.error().message.c_str());
    return status.has_value();
  }

  [[nodiscard]] Status write_grid(std::span<const ReportCell> list, const AgreementTable* agreement) const {
    GridStyle style{.opacity = options_.opacity, .common_scale = options_.common_scale};
    EFFCAM_TRY(style.colours, cam::parse_colour_map(options_.colours));
    style.blend = options_.blend == "additive" ? cam::Blend::additive : cam::Blend::alpha;
    std::vector<GridRow> rows;
    for (std::size_t i = 0; i < rows_.size(); ++i)
      rows.push_back({std::filesystem::path(options_.images[i]).filename().string(),
                      rows_[i].picture ? &*rows_[i].picture : nullptr});
    std::vector<std::string> names;
    for (const std::string& model : options_.models) names.push_back(std::filesystem::path(model).stem().string());
    std::vector<ReportCell> titled(list.begin(), list.end());
    for (ReportCell& cell : titled) cell.model = cell.variant.empty() ? cell.model : cell.variant;
    EFFCAM_TRY(const std::vector<std::uint8_t> png, image::encode_png(draw_grid(rows, names, titled, style, agreement)));
    return write_file(options_.out, png);
  }

  [[nodiscard]] Status write_json(std::span<const ReportCell> list, const AgreementTable* agreement) const {
    return write_document(options_.json, to_json(list, {.logits = options_.logits, .maps = options_.maps}, agreement));
  }

  static void print_table(std::span<const ReportCell> list) {
    for (const ReportCell& cell : list) {
      if (!cell.result) continue;
      const CellResult& result = *cell.result;
      const bool int8 = result.precision == efficientnet::Precision::int8;
      std::printf("%s  %s%s  %.1f ms\n", cell.image.c_str(), cell.variant.c_str(), int8 ? ", int8" : "",
                  result.ms.decode + result.ms.forward + result.ms.map);
      for (const Prediction& prediction : result.top)
        std::printf("  %5.1f %%  %s (%d)\n", 100.0 * prediction.probability, prediction.label.c_str(),
                    prediction.index);
      if (result.judgement) print_judgement(*result.judgement);
      if (result.flat) std::printf("  no positive evidence for %s\n", result.target.label.c_str());
    }
  }

  const RunOptions& options_;
  Request request_;
  Worker worker_;
  ProgressLine progress_;
  std::vector<Row> rows_;
  std::vector<Outcome> cells_;
  Column model_;  // the one at work
};

[[nodiscard]] Result<Request> request_of(const RunOptions& options) {
  EFFCAM_TRY(Request request, options.map.request());
  request.precision = options.model.precision();
  request.with_logits = options.logits;
  EFFCAM_TRY(request.method, cam::parse_method(options.method));
  request.layers = {default_layer(request.method)};
  if (!options.layer.empty()) {
    EFFCAM_TRY(request.layers, parse_layers(options.layer));
  }
  EFFCAM_TRY([[maybe_unused]] const cam::ColourMap colours, cam::parse_colour_map(options.colours));
  if (options.agreement && options.models.size() < 2)
    return fail("--agreement compares models: name two or more with --model");
  return request;
}

}  // namespace

Result<Request> MapOptions::request() const {
  Request request{.target = target,
                  .sign = is_signed ? cam::Sign::both : cam::Sign::non_negative,
                  .counterfactual = counterfactual,
                  .smooth = smooth,
                  .judge = judge};
  EFFCAM_TRY(request.score, parse_score(score));
  return request;
}

int run(const RunOptions& options) {
  Result<Request> request = request_of(options);
  if (!request) {
    std::fprintf(stderr, "effcam: %s\n", request.error().message.c_str());
    return 2;
  }
  Result<std::vector<std::string>> pictures = find_pictures(options.images);
  if (!pictures) {
    std::fprintf(stderr, "effcam: %s\n", pictures.error().message.c_str());
    return 1;
  }
  RunOptions expanded = options;
  expanded.images = std::move(*pictures);
  return Runner(expanded, std::move(*request)).run();
}

}  // namespace effcam::native
