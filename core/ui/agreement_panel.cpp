#include "ui/agreement_panel.h"

#include "base/text.h"

namespace effcam::ui {
namespace {

using compare::Agreement;
using compare::Similarity;

const std::string& model_name(const Context& context, int column) {
  return context.board.models()[static_cast<std::size_t>(column)].name;
}

void right_aligned(const std::string& words) {
  const float room = ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(words.c_str()).x;
  if (room > 0) ImGui::SetCursorPosX(ImGui::GetCursorPosX() + room);
  ImGui::TextUnformatted(words.c_str());
}

void draw_classes(Context& context, const ComparedRow& row) {
  heading("CLASSES");
  const Agreement& agreement = row.entry->agreement;
  const float width = ImGui::GetContentRegionAvail().x, half = width / 2;
  for (const compare::Vote& vote : agreement.votes) {
    for (const int column : vote.models) {
      const auto& model = context.board.models()[static_cast<std::size_t>(column)];
      const compare::Cell* cell = context.board.cell(row.picture->id, model.id);
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const auto& best = cell->result->top.front();
      draw_text(at, colours::muted, fit(model.name, half - scaled(8)));
      const std::string share = percent(best.probability);
      const float share_width = ImGui::CalcTextSize(share.c_str()).x;
      const bool most = &vote == agreement.majority();
      draw_text({at.x + half, at.y}, most ? colours::text : colours::muted,
                fit(best.label, half - share_width - scaled(8)));
      draw_text({at.x + width - share_width, at.y}, colours::muted, share);
      ImGui::Dummy({width, ImGui::GetTextLineHeight()});
    }
  }
}

// A table of pairs of models: two lines a pair, a name on each.
class PairTable {
 public:
  PairTable(const Context& context, const char* id)
      : context_(context), open_(ImGui::BeginTable(id, 5, ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_SizingFixedFit)) {
    if (!open_) return;
    ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthStretch);
    for (int i = 0; i < 4; ++i) ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthFixed, scaled(52));
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushFont(font(Face::small));
    ImGui::PushStyleColor(ImGuiCol_Text, colours::muted);
    for (const char* name : {"Pearson", "Rank", "Overlap", "Class"}) {
      ImGui::TableNextColumn();
      right_aligned(name);
    }
    ImGui::PopStyleColor();
    ImGui::PopFont();
  }
  ~PairTable() {
    if (open_) ImGui::EndTable();
  }
  PairTable(const PairTable&) = delete;
  PairTable& operator=(const PairTable&) = delete;

  void row(int a, int b, const std::optional<Similarity>& similarity, const std::string& classes,
           const std::string& below = "") {
    if (!open_) return;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::TextUnformatted(fit(model_name(context_, a), width).c_str());
    ImGui::TextUnformatted(fit(model_name(context_, b), width).c_str());
    for (double Similarity::*member : {&Similarity::pearson, &Similarity::rank, &Similarity::overlap}) {
      ImGui::TableNextColumn();
      right_aligned(similarity ? fixed((*similarity).*member, 2) : "–");
    }
    ImGui::TableNextColumn();
    right_aligned(classes);
    if (!below.empty()) right_aligned(below);
  }

 private:
  const Context& context_;
  bool open_;
};

void draw_pairs(const Context& context, const Agreement& agreement) {
  heading("PAIRS OF MODELS");
  PairTable table(context, "pairs");
  for (const compare::Pair& pair : agreement.pairs)
    table.row(pair.a, pair.b, pair.maps, pair.same_class ? "same" : "differ");
}

void draw_means(Context& context) {
  const auto& means = context.state.agreements.means(context.board);
  if (context.board.pictures().size() < 2) return;
  heading("MEAN OF ALL IMAGES");
  PairTable table(context, "means");
  for (const compare::PairMean& mean : means)
    table.row(mean.a, mean.b, mean.similarity, text(fixed(100 * mean.same_class, 0), " %"), text("of ", mean.images));
}

// What the numbers are of, and what they cannot say.
void draw_notes(const Context& context, const ComparedRow& row) {
  const Agreement& agreement = row.entry->agreement;
  const auto target = [&](int column) {
    const auto& model = context.board.models()[static_cast<std::size_t>(column)];
    return context.board.cell(row.picture->id, model.id)->result->target.label;
  };
  ImGui::Spacing();
  ImGui::PushFont(font(Face::small));
  ImGui::PushStyleColor(ImGuiCol_Text, colours::muted);
  ImGui::TextWrapped("Maps are compared over the part of the picture that all models saw. Overlap: intersection over "
                     "union of the fifths with the largest values.");
  for (const compare::Pair& pair : agreement.pairs) {
    if (target(pair.a) == target(pair.b)) continue;
    ImGui::TextWrapped("The maps explain different classes, the top class of each model or one that was chosen.");
    break;
  }
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

}  // namespace

void draw_agreement_panel(Context& context, const ComparedRow& row, ImVec2 size) {
  if (ImGui::BeginChild("panel", size)) {
    if (row.entry) {
      ImGui::TextUnformatted(compare::agreement_sentence(row.entry->agreement).c_str());
      draw_classes(context, row);
      draw_pairs(context, row.entry->agreement);
      draw_means(context);
      draw_notes(context, row);
    } else {
      ImGui::TextWrapped("Fewer than two models have answered this image.");
    }
  }
  ImGui::EndChild();
}

}  // namespace effcam::ui
