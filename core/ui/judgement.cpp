// Whether the map of the enlarged cell deserves belief: measured on request, beside two maps that know nothing.
#include <array>

#include "base/text.h"
#include "compare/explain.h"
#include "ui/detail_panel.h"

namespace effcam::ui {
namespace {

using compare::FaithfulnessScores;
using compare::Judgement;

constexpr std::array<const char*, compare::kJudged.size()> kNames{"this map", "random", "centre"};

ImU32 colour_of(std::size_t which) {
  constexpr ImU32 random = IM_COL32(0xe0, 0x9f, 0x4a, 255), centre = IM_COL32(0x8a, 0x94, 0xa3, 255);
  return which == 0 ? colours::accent : which == 1 ? random : centre;
}

void draw_curve(const compare::Curve& curve, ImVec2 at, ImVec2 size, ImU32 colour) {
  std::vector<ImVec2> points;
  for (std::size_t i = 0; i < curve.share.size(); ++i)
    points.push_back({at.x + curve.share[i] * size.x, at.y + (1 - curve.confidence[i]) * size.y});
  ImGui::GetWindowDrawList()->AddPolyline(points.data(), static_cast<int>(points.size()), colour, 0, scaled(1.6f));
}

// Confidence (upwards, 0 to 1) over the share of pixels changed.
void draw_plot(const Judgement& judgement, const char* title, compare::Curve FaithfulnessScores::*curve, float width) {
  ImGui::PushFont(font(Face::small));
  ImGui::TextDisabled("%s", title);
  ImGui::PopFont();
  const ImVec2 at = ImGui::GetCursorScreenPos(), size{width, scaled(64)};
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, {at.x + size.x, at.y + size.y}, colours::card, scaled(4));
  draw->AddRect(at, {at.x + size.x, at.y + size.y}, colours::line, scaled(4));
  for (std::size_t which = compare::kJudged.size(); which-- > 0;)
    draw_curve(compare::judged(judgement, which).*curve, at, size, colour_of(which));
  ImGui::Dummy(size);
}

void draw_row(const Judgement& judgement, std::size_t which) {
  const FaithfulnessScores& scores = compare::judged(judgement, which);
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  ImGui::PushStyleColor(ImGuiCol_Text, colour_of(which));
  ImGui::TextUnformatted(kNames[which]);
  ImGui::PopStyleColor();
  const std::array values{fixed(scores.deletion.area, 3), fixed(scores.insertion.area, 3), fixed(scores.road, 3),
                          scores.increase ? std::string("rises") : percent(scores.drop)};
  for (const std::string& value : values) {
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(value.c_str());
  }
}

void draw_table(const Judgement& judgement) {
  struct Column {
    const char *title, *help;
  };
  constexpr std::array<Column, 4> columns{{
      {"deletion", "Confidence while the most relevant pixels are deleted, area under the curve: lower is better"},
      {"insertion", "Confidence while they come back into a blurred picture: higher is better"},
      {"ROAD", "What the least relevant pixels' removal keeps beyond the most relevant ones': higher is better"},
      {"drop", "Confidence lost when only the map's part of the picture is shown: lower is better"},
  }};
  if (!ImGui::BeginTable("##scores", 1 + static_cast<int>(columns.size()), ImGuiTableFlags_SizingStretchSame,
                         {ImGui::GetContentRegionAvail().x, 0})) {
    return;
  }
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  for (const Column& column : columns) {
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", column.title);
    if (ImGui::IsItemHovered()) tooltip(column.help);
  }
  for (std::size_t which = 0; which < compare::kJudged.size(); ++which) draw_row(judgement, which);
  ImGui::EndTable();
}

void draw_judgement_of(const Judgement& judgement) {
  const float gap = scaled(8), width = (ImGui::GetContentRegionAvail().x - gap) / 2;
  ImGui::BeginGroup();
  draw_plot(judgement, "deletion", &FaithfulnessScores::deletion, width);
  ImGui::EndGroup();
  ImGui::SameLine(0, gap);
  ImGui::BeginGroup();
  draw_plot(judgement, "insertion", &FaithfulnessScores::insertion, width);
  ImGui::EndGroup();
  ImGui::PushFont(font(Face::small));
  draw_table(judgement);
  if (judgement.completeness)
    ImGui::TextWrapped("The map and the bias add up to the logit, but for %s %%", fixed(100 * *judgement.completeness, 4).c_str());
  if (judgement.random_weights_rank) {
    ImGui::TextWrapped("Rank correlation with the map of random weights: %s", fixed(*judgement.random_weights_rank, 2).c_str());
    if (ImGui::IsItemHovered()) tooltip("Near 0: the map shows what the network has learned. Near 1: it shows the picture's edges");
  }
  ImGui::PopFont();
}

}  // namespace

void draw_judgement(Context& context, const Subject& subject, compare::Request& request, bool& changed) {
  const compare::CellResult& result = *subject.cell->result;
  if (result.judgement) draw_judgement_of(*result.judgement);
  if (request.judge) {
    if (ImGui::Button("Measure no more")) request.judge = false, changed = true;
    return;
  }
  compare::Request measured = request;
  measured.judge = true;
  const Pace pace = pace_of(context.board, *subject.model);
  const double passes = pace.variant ? compare::forward_passes(measured, *pace.variant) : 0;
  if (ImGui::Button(text("Measure: ", fixed(passes, 0), " passes, ", duration(passes * pace.forward_ms)).c_str()))
    request.judge = true, changed = true;
  name_control(context, "measure");
  if (ImGui::IsItemHovered()) tooltip("Changes the picture by the map's order and watches the confidence");
}

}  // namespace effcam::ui
