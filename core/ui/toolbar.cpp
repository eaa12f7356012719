// The controls of the whole board.
#include <algorithm>

#include "base/text.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

// The labels that most of the board understands: those of its largest model.
std::span<const std::string> board_labels(const compare::Board& board) {
  std::span<const std::string> labels;
  for (const auto& model : board.models()) {
    if (model.info.labels.size() > labels.size()) labels = model.info.labels;
  }
  return labels;
}

// The slowest model's: what a method costs at most.
Pace board_pace(const compare::Board& board) {
  Pace slowest;
  for (const auto& model : board.models()) {
    const Pace pace = pace_of(board, model);
    if (pace.forward_ms > slowest.forward_ms) slowest = pace;
  }
  return slowest;
}

void draw_catalogue(Context& context) {
  for (std::size_t i = 0; i < context.state.catalogue.size(); ++i) {
    const CatalogueEntry& entry = context.state.catalogue[i];
    ImGui::PushID(static_cast<int>(i));
    ImGui::BeginDisabled(entry.added);
    if (ImGui::Selectable(text(entry.name, entry.added ? " (on the board)" : "").c_str())) context.wishes.catalogue = i;
    ImGui::EndDisabled();
    ImGui::PushFont(font(Face::small));
    ImGui::TextDisabled("%s", entry.detail.c_str());
    ImGui::PopFont();
    ImGui::PopID();
  }
  if (!context.state.catalogue.empty()) ImGui::Separator();
}

void draw_request(Context& context) {
  compare::Request request = context.board.request();
  bool changed = false;
  flow(scaled(60 + 190));
  label("Explain");
  ImGui::SetNextItemWidth(scaled(190));
  const auto labels = board_labels(context.board);
  const std::string shown = request.target == "top1" ? "each model's top class" : request.target;
  if (const auto chosen = choose_class(context, "##target", shown, labels, "each model's top class")) {
    request.target = *chosen == no_class ? "top1" : labels[static_cast<std::size_t>(*chosen)];
    changed = true;
  }
  int stages = 0, blocks = 0;
  for (const auto& model : context.board.models()) {
    stages = std::max(stages, model.info.stages);
    blocks = std::max(blocks, model.info.blocks);
  }
  flow(scaled(24 + 170));
  label("at");
  ImGui::SetNextItemWidth(scaled(170));
  changed |= choose_layers(request, stages, blocks);
  flow(scaled(24 + 150));
  label("by");
  ImGui::SetNextItemWidth(scaled(150));
  changed |= choose_method(context, request, [&] { return board_pace(context.board); });
  if (changed) context.board.set_request(request);
}

}  // namespace

void draw_add_model(Context& context, const char* button) {
  ImGui::PushID(button);
  if (ImGui::Button(button)) ImGui::OpenPopup("models");
  if (ImGui::BeginPopup("models")) {
    draw_catalogue(context);
    if (ImGui::Selectable("From a .safetensors file…")) context.wishes.pick_models = true;
    ImGui::EndPopup();
  }
  ImGui::PopID();
}

namespace {

void choose_precision(Context& context) {
  bool int8 = context.board.request().precision == efficientnet::Precision::int8;
  if (ImGui::Checkbox("int8", &int8)) context.board.set_precision(efficientnet::precision_of(int8));
  name_control(context, "int8");
  if (ImGui::IsItemHovered())
    tooltip("Multiplies in 8-bit integers where it does not hurt: faster where the processor has dot products of "
            "bytes, and close to the exact answer");
}

}  // namespace

void draw_toolbar(Context& context) {
  if (ImGui::Button("Add images…")) context.wishes.pick_pictures = true;
  if (ImGui::IsItemHovered()) tooltip("JPEG or PNG. Dropping files and pasting a picture work as well.");
  ImGui::SameLine();
  draw_add_model(context, "Add model…");
  draw_request(context);
  flow(scaled(104));
  choose_look(context);
  flow(scaled(110));
  ImGui::SetNextItemWidth(scaled(110));
  ImGui::SliderFloat("##size", &context.state.cell, 120, 360, "size %.0f px", ImGuiSliderFlags_AlwaysClamp);
  flow(scaled(70));
  choose_precision(context);
  const int left = context.board.unfinished();
  if (left > 0) {
    flow(scaled(90));
    if (ImGui::Button("Cancel##all")) context.board.cancel_all();
    if (ImGui::IsItemHovered()) tooltip("Stops everything that waits or works.");
  }
  ImGui::Spacing();
}

}  // namespace effcam::ui
