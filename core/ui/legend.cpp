// What the colours and the numbers of a map mean.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

std::string number(float value) {
  const float size = std::fabs(value);
  return fixed(value, size >= 100 ? 0 : size >= 1 ? 2 : 4);
}

ImU32 packed(cam::Rgb rgb) { return IM_COL32(rgb[0], rgb[1], rgb[2], 255); }

}  // namespace

std::string flat_sentence(const compare::CellResult& result) {
  return text(result.is_signed ? "No evidence for " : "No positive evidence for ", result.target.label);
}

std::string precision_note(const compare::CellResult& result) {
  if (result.precision == efficientnet::Precision::f32) return {};
  return text("  ·  ", precision_name(result.precision));
}

void draw_colours(cam::ColourMap map, ImVec2 at, ImVec2 size) {
  constexpr int kSteps = 48;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float step = size.x / kSteps;
  for (int i = 0; i < kSteps; ++i) {
    const float x = at.x + step * static_cast<float>(i);
    const float share = (static_cast<float>(i) + 0.5f) / kSteps;
    draw->AddRectFilled({x, at.y}, {x + step + 0.5f, at.y + size.y}, packed(cam::colour(map, share)));
  }
}

void draw_legend(Context& context, const compare::CellResult& result, float width) {
  const float height = scaled(10);
  draw_colours(compare::shown_colours(result, context.state.look.colours), ImGui::GetCursorScreenPos(), {width, height});
  ImGui::Dummy({width, height});
  ImGui::PushFont(font(Face::small));
  const bool common = context.limit > 0;
  const float limit = common ? context.limit : cam::extent(result.map, result.is_signed);
  const std::string low = number(result.is_signed ? -limit : common ? 0 : cam::minimum(result.map));
  const std::string high = number(limit);
  const ImVec2 below = ImGui::GetCursorScreenPos();
  draw_text(below, colours::muted, low);
  draw_text({below.x + width - ImGui::CalcTextSize(high.c_str()).x, below.y}, colours::muted, high);
  const char* scale = common ? "one scale for all cells" : "this cell's own scale";
  draw_text({below.x + (width - ImGui::CalcTextSize(scale).x) / 2, below.y}, colours::muted, scale);
  ImGui::Dummy({width, ImGui::GetTextLineHeight()});
  ImGui::PopFont();
}

float value_at(const cam::HeatMap& map, double x, double y) {
  if (map.values.empty()) return 0;
  return cam::resample(map, {y * map.height, x * map.width, 0, 0}, 1, 1).values.front();
}

void describe_point(const compare::CellResult& result, const compare::Picture& picture, double x, double y) {
  const auto pixel = [](double value) { return static_cast<int>(std::floor(value)); };
  const float value = value_at(result.map, x, y), highest = cam::extent(result.map, result.is_signed);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {scaled(12), scaled(10)});
  if (!ImGui::BeginTooltip()) {
    ImGui::PopStyleVar();
    return;
  }
  ImGui::Text("Pixel %d, %d of %d × %d", pixel(result.box.left + x * result.box.width),
              pixel(result.box.top + y * result.box.height), picture.info.width, picture.info.height);
  const std::string share = highest > 0 ? text(" (", fixed(100 * value / highest, 0), " % of its maximum)") : "";
  ImGui::Text("Map %s%s", number(value).c_str(), share.c_str());
  ImGui::TextDisabled("%s for %s%s%s at %s", result.method.c_str(), result.target.label.c_str(),
                      result.against.index >= 0 ? " and not " : "",
                      result.against.index >= 0 ? result.against.label.c_str() : "", result.layer.c_str());
  ImGui::Separator();
  for (const auto& prediction : result.top) {
    ImGui::Text("%s", percent(prediction.probability).c_str());
    ImGui::SameLine(scaled(70));
    ImGui::Text("%s", prediction.label.c_str());
    ImGui::SameLine();
    ImGui::TextDisabled("logit %s", fixed(prediction.logit, 3).c_str());
  }
  ImGui::Separator();
  ImGui::TextDisabled("Preparing %s, forward %s, map %s", duration(result.ms.decode).c_str(),
                      duration(result.ms.forward).c_str(), duration(result.ms.map).c_str());
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

}  // namespace effcam::ui
