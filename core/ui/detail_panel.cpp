#include "ui/detail_panel.h"

#include <algorithm>

#include "base/text.h"
#include "image/image.h"

namespace effcam::ui {
namespace {

using compare::CellResult;
using compare::Request;

// The request's target as indices, so that a name with a hyphen in it is never taken for a contrast.
std::string target_text(int index, int against) {
  if (index == no_class) return "top1";
  return against == no_class ? text(index) : text(index, "-", against);
}

bool top_is_automatic(const Request& request) { return request.target == "top1"; }

void draw_predictions(Context& context, const CellResult& result, Request& request, bool& changed) {
  heading("PREDICTIONS");
  const float width = ImGui::GetContentRegionAvail().x;
  for (const auto& prediction : result.top) {
    ImGui::PushID(prediction.index);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton("explain", {width, prediction_height() - scaled(1)})) {
      request.target = target_text(prediction.index, no_class);
      changed = true;
    }
    name_control(context, text("explain ", prediction.label).c_str());
    if (ImGui::IsItemHovered()) {
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
      tooltip(text("Explain ", prediction.label, " (logit ", fixed(prediction.logit, 3), ")").c_str());
    }
    draw_prediction(at, width, prediction, prediction.index == result.target.index);
    ImGui::PopID();
  }
}

void choose_target(Context& context, const Subject& subject, Request& request, bool& changed) {
  const CellResult& result = *subject.cell->result;
  const auto& labels = subject.model->info.labels;
  heading("CLASS EXPLAINED");
  ImGui::SetNextItemWidth(-1);
  const std::string shown = top_is_automatic(request) ? text(result.target.label, " (top)") : result.target.label;
  if (const auto chosen = choose_class(context, "##class", shown, labels, "The model's top class")) {
    request.target = target_text(*chosen, no_class);
    changed = true;
  }
  heading("AND NOT");
  ImGui::SetNextItemWidth(-1);
  const std::string against = result.against.index >= 0 ? result.against.label : "–";
  if (const auto chosen = choose_class(context, "##against", against, labels, "No contrast")) {
    request.target = target_text(result.target.index, *chosen);
    changed = true;
  }
}

void choose_where(Context& context, const Subject& subject, Request& request, bool& changed) {
  heading("LAYER");
  ImGui::SetNextItemWidth(-1);
  changed |= choose_layers(request, subject.model->info.stages, subject.model->info.blocks);
  heading("METHOD");
  ImGui::SetNextItemWidth(-1);
  changed |= choose_method(context, request, [&] { return pace_of(context.board, *subject.model); });
  ImGui::Spacing();
  changed |= choose_sense(context, request);
}

// Which request the controls change: this cell's own, or the board's.
void draw_scope(Context& context, const Subject& subject) {
  if (!subject.cell->own) {
    ImGui::PushFont(font(Face::small));
    ImGui::TextDisabled("As the board asks. Changes are for this cell.");
    ImGui::PopFont();
    return;
  }
  const CellRef where = subject.where;
  if (ImGui::Button("As the board")) return context.board.set_cell_request(where.picture, where.model, std::nullopt);
  ImGui::SameLine();
  if (ImGui::Button("Ask this of all cells")) {
    Request request = *subject.cell->own;
    // Other models count their classes differently: they are asked by name.
    const CellResult& result = *subject.cell->result;
    if (!top_is_automatic(request) && result.against.index < 0) request.target = result.target.label;
    context.board.set_cell_request(where.picture, where.model, std::nullopt);
    context.board.set_request(request);
  }
}

void draw_facts(const Subject& subject) {
  const CellResult& result = *subject.cell->result;
  ImGui::PushFont(font(Face::small));
  ImGui::PushStyleColor(ImGuiCol_Text, colours::muted);
  const auto line = [](const std::string& fact) { ImGui::TextWrapped("%s", fact.c_str()); };
  line(text(subject.model->info.variant, ", ", subject.model->info.dialect, " names, family ",
            subject.model->info.family));
  line(text("Map ", result.map.width, " × ", result.map.height, " of ", result.layer, ", seen ", result.seen.width,
            " × ", result.seen.height));
  line(text("Preparing ", duration(result.ms.decode), ", forward ", duration(result.ms.forward), ", map ",
            duration(result.ms.map), precision_note(result)));
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

void save_overlay(Context& context, const Subject& subject) {
  const CellResult& result = *subject.cell->result;
  const Look& look = context.state.look;
  image::Image picture = result.seen;
  if (!result.flat) {
    picture.rgb =
        cam::overlay(picture.rgb, picture.width, picture.height, compare::shown_map(result, context.limit),
                     compare::shown_colours(result, look.colours), look.blend, look.opacity);
  }
  auto png = image::encode_png(picture);
  if (!png) {
    context.state.notice = png.error().message;
    return;
  }
  std::string name = subject.picture->name;
  name = name.substr(0, name.rfind('.'));
  std::string label = result.target.label;
  std::replace_if(label.begin(), label.end(), [](char c) { return c == ' ' || c == '/' || c == ','; }, '_');
  context.wishes.save = {text(name, ".", label, ".", result.method, ".png"), std::move(*png)};
}

void draw_state(const Subject& subject) {
  const float width = ImGui::GetContentRegionAvail().x;
  if (subject.cell->stage == compare::Stage::working || subject.cell->stage == compare::Stage::waiting) {
    draw_progress(ImGui::GetCursorScreenPos(), width, subject.cell->share);
  }
  ImGui::Dummy({width, scaled(6)});  // always: nothing may move while one points at it
  if (subject.cell->stage == compare::Stage::failed) {
    ImGui::PushStyleColor(ImGuiCol_Text, colours::error);
    ImGui::TextWrapped("%s", subject.cell->error.c_str());
    ImGui::PopStyleColor();
  }
}

}  // namespace

void draw_detail_panel(Context& context, const Subject& subject, ImVec2 size) {
  if (ImGui::BeginChild("panel", size)) {
    const CellResult& result = *subject.cell->result;
    Request request = context.board.request_of(subject.where.picture, subject.where.model);
    bool changed = false;
    draw_state(subject);
    if (result.flat) ImGui::TextWrapped("%s: nothing in the map is positive.", flat_sentence(result).c_str());
    draw_predictions(context, result, request, changed);
    choose_target(context, subject, request, changed);
    choose_where(context, subject, request, changed);
    heading("SHOULD I BELIEVE IT?");
    draw_judgement(context, subject, request, changed);
    draw_scope(context, subject);
    heading("COLOURS");
    choose_look(context);
    ImGui::Spacing();
    draw_legend(context, result, ImGui::GetContentRegionAvail().x);
    ImGui::Spacing();
    if (ImGui::Button("Save overlay as PNG")) save_overlay(context, subject);
    name_control(context, "save overlay");
    draw_facts(subject);
    if (changed) context.board.set_cell_request(subject.where.picture, subject.where.model, request);
  }
  ImGui::EndChild();
}

}  // namespace effcam::ui
