// The controls of a request and of a look, for the board (toolbar.cpp) and for one cell (detail.cpp).
#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "compare/explain.h"
#include "ui/panels.h"

namespace effcam::ui {
namespace {

using efficientnet::Layer;

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

// Labels that begin with the filter come first, then those that have it elsewhere.
std::vector<int> matching(std::span<const std::string> labels, std::string_view filter) {
  std::vector<int> first, others;
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const std::string_view label = labels[static_cast<std::size_t>(i)];
    if (contains(label.substr(0, filter.size()), filter)) {
      first.push_back(i);
    } else if (contains(label, filter)) {
      others.push_back(i);
    }
  }
  first.insert(first.end(), others.begin(), others.end());
  return first;
}

std::optional<int> list_classes(std::span<const std::string> labels, const std::vector<int>& found) {
  std::optional<int> chosen;
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(found.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const int index = found[static_cast<std::size_t>(i)];
      ImGui::PushID(index);
      if (ImGui::Selectable(labels[static_cast<std::size_t>(index)].c_str())) chosen = index;
      ImGui::PopID();
    }
  }
  return chosen;
}

std::string layer_title(Layer layer) {
  switch (layer.kind) {
    case Layer::Kind::head: return "Head, after swish";
    case Layer::Kind::head_raw: return "Head, raw convolution";
    case Layer::Kind::input: return "Input, the picture";
    case Layer::Kind::stage: return text("Stage ", layer.index);
    default: return efficientnet::layer_name(layer);
  }
}

// A row of the list: its box adds the layer to the others or takes it away, its name selects it alone.
bool layer_row(compare::Request& request, Layer layer) {
  auto& layers = request.layers;
  const auto at = std::find(layers.begin(), layers.end(), layer);
  bool chosen = at != layers.end(), changed = false;
  ImGui::PushID(efficientnet::layer_name(layer).c_str());
  if (ImGui::Checkbox("##several", &chosen)) {
    changed = chosen || layers.size() > 1;
    if (chosen) {
      layers.push_back(layer);
    } else if (layers.size() > 1) {
      layers.erase(at);
    }
  }
  ImGui::SameLine();
  if (ImGui::Selectable(layer_title(layer).c_str(), chosen)) {
    layers = {layer};
    changed = true;
  }
  ImGui::PopID();
  return changed;
}

bool block_row(compare::Request& request, int blocks) {
  int block = 0;
  const auto at = std::find_if(request.layers.begin(), request.layers.end(),
                               [](Layer layer) { return layer.kind == Layer::Kind::block; });
  if (at != request.layers.end()) block = at->index;
  ImGui::SetNextItemWidth(scaled(110));
  const bool changed = ImGui::InputInt("block", &block);
  if (!changed) return false;
  request.layers = {{Layer::Kind::block, std::clamp(block, 0, std::max(0, blocks - 1))}};
  return true;
}

}  // namespace

bool choose_layers(compare::Request& request, int stages, int blocks) {
  const bool one = request.layers.size() == 1;
  const std::string shown = one ? layer_title(request.layers.front()) : compare::layers_text(request.layers);
  bool changed = false;
  if (!ImGui::BeginCombo("##layer", shown.c_str(), ImGuiComboFlags_HeightLargest)) return false;
  changed |= layer_row(request, {Layer::Kind::head, 0});
  changed |= layer_row(request, {Layer::Kind::head_raw, 0});
  for (int stage = stages; stage >= 1; --stage) changed |= layer_row(request, {Layer::Kind::stage, stage});
  changed |= layer_row(request, {Layer::Kind::input, 0});
  changed |= block_row(request, blocks);
  ImGui::PushFont(font(Face::small));
  ImGui::TextDisabled("Tick several: the mean of their maps");
  ImGui::PopFont();
  ImGui::EndCombo();
  return changed;
}

// The fastest of its passes: the first one of a model is slower than all that follow.
Pace pace_of(const compare::Board& board, const compare::BoardModel& model) {
  Pace pace{architecture::find_variant(model.info.variant), 0};
  for (const auto& picture : board.pictures()) {
    const compare::Cell* cell = board.cell(picture.id, model.id);
    if (!cell || !cell->result) continue;
    const double ms = cell->result->ms.forward;
    pace.forward_ms = pace.forward_ms > 0 ? std::min(pace.forward_ms, ms) : ms;
  }
  return pace;
}

namespace {

// "1280 passes, 26 s a cell" where a method runs the network more than a few times.
std::string cost_of(compare::Request request, cam::Method method, const Pace& pace) {
  request.method = method;
  if (!pace.variant) return {};
  const double passes = compare::forward_passes(request, *pace.variant);
  if (passes < compare::kCostlyPasses) return {};
  const std::string time = pace.forward_ms > 0 ? text(", ", duration(passes * pace.forward_ms), " a cell") : "";
  return text(fixed(passes, 0), " passes", time);
}

// Saliency is asked for at the input, where it has pixels; no other method starts there.
void change_method(compare::Request& request, cam::Method method) {
  const std::vector<Layer> before{compare::default_layer(request.method)};
  if (request.layers == before) request.layers = {compare::default_layer(method)};
  request.method = method;
}

}  // namespace

bool choose_sense(Context& context, compare::Request& request) {
  bool both = request.sign == cam::Sign::both, probability = request.score == compare::Score::probability;
  struct Option {
    const char *title, *control;
    bool& value;
    const char* help;
  };
  const Option options[] = {
      {"Signed", "signed", both, "Shows what speaks for the class in red and what speaks against it in blue"},
      {"Counterfactual", "counterfactual", request.counterfactual,
       "What would change the answer: the map of the class's negation"},
      {"Probability", "probability", probability,
       "Explains the probability, which other classes take part in, instead of the logit"},
      {"Smooth", "smooth", request.smooth,
       "The mean over the picture and its mirror image at three contrasts: six passes"}};
  bool changed = false;
  for (const Option& option : options) {
    if (&option != options) flow(scaled(140));
    changed |= ImGui::Checkbox(option.title, &option.value);
    name_control(context, option.control);
    if (ImGui::IsItemHovered()) tooltip(option.help);
  }
  request.sign = both ? cam::Sign::both : cam::Sign::non_negative;
  request.score = probability ? compare::Score::probability : compare::Score::logit;
  return changed;
}

bool choose_method(Context& context, compare::Request& request, const std::function<Pace()>& pace_now) {
  const std::string shown(cam::method_title(request.method));
  bool changed = false;
  const bool open = ImGui::BeginCombo("##method", shown.c_str(), ImGuiComboFlags_HeightLargest);
  if (!open) name_control(context, "method");
  if (!open) return false;
  const Pace pace = pace_now();
  for (int i = 0; i < cam::kMethods; ++i) {
    const auto method = static_cast<cam::Method>(i);
    const std::string cost = cost_of(request, method, pace), title(cam::method_title(method));
    if (ImGui::Selectable(cost.empty() ? title.c_str() : text(title, ": ", cost).c_str(), method == request.method)) {
      changed = method != request.method;
      change_method(request, method);
    }
    name_control(context, std::string(cam::method_name(method)).c_str());
  }
  ImGui::EndCombo();
  return changed;
}

std::optional<int> choose_class(Context& context, const char* id, const std::string& current,
                                std::span<const std::string> labels, const char* none) {
  char* filter = context.state.filter;
  std::optional<int> chosen;
  ImGui::SetNextWindowSizeConstraints({scaled(300), 0}, {scaled(460), scaled(420)});
  const bool open = ImGui::BeginCombo(id, current.c_str(), ImGuiComboFlags_HeightLargest);
  if (!open) name_control(context, id + 2);  // without ImGui's ##
  if (!open) return chosen;
  if (ImGui::IsWindowAppearing()) {
    filter[0] = '\0';
    ImGui::SetKeyboardFocusHere();
  }
  ImGui::SetNextItemWidth(-1);
  const bool entered = ImGui::InputTextWithHint("##filter", "Search the classes", filter, sizeof context.state.filter,
                                                ImGuiInputTextFlags_EnterReturnsTrue);
  if (!filter[0] && ImGui::Selectable(none)) chosen = no_class;
  const std::vector<int> found = matching(labels, filter);
  if (found.empty()) ImGui::TextDisabled("%s", labels.empty() ? "No model is ready" : "No class has this in its name");
  if (ImGui::BeginChild("##classes", {0, scaled(260)})) {
    if (const auto listed = list_classes(labels, found)) chosen = listed;
  }
  ImGui::EndChild();
  if (entered && !found.empty()) chosen = found.front();
  if (chosen) ImGui::CloseCurrentPopup();
  ImGui::EndCombo();
  return chosen;
}

void choose_look(Context& context) {
  Look& look = context.state.look;
  constexpr std::array maps{cam::ColourMap::jet, cam::ColourMap::viridis, cam::ColourMap::diverging};
  ImGui::SetNextItemWidth(scaled(104));
  if (ImGui::BeginCombo("##colours", std::string(cam::colour_map_name(look.colours)).c_str())) {
    for (const cam::ColourMap map : maps) {
      if (ImGui::Selectable(std::string(cam::colour_map_name(map)).c_str(), map == look.colours)) look.colours = map;
    }
    ImGui::EndCombo();
  }
  flow(scaled(104));
  ImGui::SetNextItemWidth(scaled(104));
  int blend = look.blend == cam::Blend::additive ? 1 : 0;
  if (ImGui::Combo("##blend", &blend, "blend\0additive\0")) {
    look.blend = blend == 1 ? cam::Blend::additive : cam::Blend::alpha;
  }
  flow(scaled(120));
  ImGui::BeginDisabled(look.blend == cam::Blend::additive);
  ImGui::SetNextItemWidth(scaled(120));
  int opacity = static_cast<int>(look.opacity * 100 + 0.5f);
  if (ImGui::SliderInt("##opacity", &opacity, 0, 100, "opacity %d %%", ImGuiSliderFlags_AlwaysClamp)) {
    look.opacity = static_cast<float>(opacity) / 100;
  }
  ImGui::EndDisabled();
  flow(scaled(124));
  int scale = context.state.common_scale ? 1 : 0;
  ImGui::SetNextItemWidth(scaled(124));
  if (ImGui::Combo("##scale", &scale, "scale per cell\0common scale\0")) context.state.common_scale = scale == 1;
}

}  // namespace effcam::ui
