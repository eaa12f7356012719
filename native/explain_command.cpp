#include <algorithm>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "compare/explain.h"
#include "compare/explain_classes.h"
#include "compare/report.h"
#include "files.h"

namespace effcam::native {

namespace {

using namespace compare;

[[nodiscard]] Result<std::vector<std::string>> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (const std::string& part : parts)
    if (part.empty()) return fail("'", text, "': a name is missing between two commas");
  return parts;
}

struct Table {
  std::vector<efficientnet::Layer> layers;  // rows
  std::vector<cam::Method> methods;         // columns
};

[[nodiscard]] Result<Table> table_of(const ExplainOptions& options) {
  Table table;
  EFFCAM_TRY(table.layers, parse_layers(options.layers));
  EFFCAM_TRY(const std::vector<std::string> names, split(options.methods));
  for (const std::string& name : names) {
    EFFCAM_TRY(const cam::Method method, cam::parse_method(name));
    table.methods.push_back(method);
  }
  return table;
}

// The grid as it grows: a row for each layer.
struct Sheet {
  std::vector<std::string> columns;
  std::vector<std::unique_ptr<CellResult>> results;
  std::vector<ReportCell> cells;
  bool complete = true;

  void add(ReportCell cell, Result<CellResult> result) {
    if (result) {
      results.push_back(std::make_unique<CellResult>(std::move(*result)));
      cell.result = results.back().get();
    } else {
      cell.error = result.error().message;
      std::fprintf(stderr, "effcam: %s\n", cell.error.c_str());
      complete = false;
    }
    cells.push_back(std::move(cell));
  }
};

[[nodiscard]] Status write_outputs(const ExplainOptions& options, const Table& table, const image::Image& picture,
                                   const Sheet& sheet) {
  if (!options.out.empty()) {
    const PictureInfo info{picture.width, picture.height, picture, 0};
    std::vector<GridRow> rows;
    for (const efficientnet::Layer layer : table.layers) rows.push_back({efficientnet::layer_name(layer), &info});
    std::vector<ReportCell> titled = sheet.cells;
    for (std::size_t i = 0; i < titled.size(); ++i) titled[i].model = sheet.columns[i % sheet.columns.size()];
    EFFCAM_TRY(const std::vector<std::uint8_t> png, image::encode_png(draw_grid(rows, sheet.columns, titled, {})));
    EFFCAM_RETURN_IF_ERROR(write_file(options.out, png));
  }
  if (options.json.empty()) return {};
  return write_document(options.json, to_json(sheet.cells, {.maps = options.maps}));
}

void print(std::span<const ReportCell> cells) {
  for (const ReportCell& cell : cells)
    if (cell.result)
      std::printf("%-12s %-16s %8.2f ms  %s%s%s\n", cell.result->layer.c_str(), cell.result->method.c_str(),
                  cell.result->ms.map, cell.result->target.label.c_str(),
                  cell.result->flat ? ": no positive evidence" : "",
                  cell.result->precision == efficientnet::Precision::int8 ? "  (int8)" : "");
}

void explain_methods(const image::Image& picture, model::Model& model, const Table& table, Request request,
                     const ReportCell& cell, Sheet& sheet, nn::ThreadPool& pool) {
  for (const cam::Method method : table.methods) sheet.columns.emplace_back(cam::method_title(method));
  for (const efficientnet::Layer layer : table.layers)
    for (const cam::Method method : table.methods) {
      request.layers = {layer};
      request.method = method;
      sheet.add(cell, explained(picture, model, request, pool));
    }
}

// A layer whose classes cannot be explained has its error in every column.
void explain_best_classes(const image::Image& picture, model::Model& model, const ExplainOptions& options,
                          const Table& table, Request request, const ReportCell& cell, Sheet& sheet,
                          nn::ThreadPool& pool) {
  const int count = std::min(options.classes, model.description.classes);
  for (int i = 0; i < count; ++i) sheet.columns.push_back(text("class ", i + 1));
  request.method = table.methods.front();
  for (const efficientnet::Layer layer : table.layers) {
    request.layers = {layer};
    Result<std::vector<CellResult>> results = explain_classes(picture, model, request, count, pool);
    for (int i = 0; i < count; ++i)
      sheet.add(cell, results ? Result<CellResult>(std::move((*results)[i])) : std::unexpected(results.error()));
  }
}

[[nodiscard]] Result<bool> explain_all(const ExplainOptions& options, const Table& table) {
  EFFCAM_TRY(const image::Image picture, read_picture(options.image));
  EFFCAM_TRY(const std::unique_ptr<model::Model> model, load_model(options.model, options.model_options.options(true)));

  EFFCAM_TRY(const Request base, options.map.request());
  nn::ThreadPool pool(options.threads > 0 ? options.threads : nn::hardware_threads());
  const std::string variant(model->description.variant->name);
  const ReportCell cell{options.image, options.model, variant, nullptr, {}};
  Sheet sheet;
  if (options.classes > 0) {
    explain_best_classes(picture, *model, options, table, base, cell, sheet, pool);
  } else {
    explain_methods(picture, *model, table, base, cell, sheet, pool);
  }
  EFFCAM_RETURN_IF_ERROR(write_outputs(options, table, picture, sheet));
  if (options.json != "-") print(sheet.cells);
  return sheet.complete;
}

}  // namespace

int explain(const ExplainOptions& options) {
  const Result<Table> table = table_of(options);
  if (!table) {
    std::fprintf(stderr, "effcam: %s\n", table.error().message.c_str());
    return 2;
  }
  const Result<bool> complete = explain_all(options, *table);
  if (!complete) std::fprintf(stderr, "effcam: %s\n", complete.error().message.c_str());
  return complete && *complete ? 0 : 1;
}

}  // namespace effcam::native
