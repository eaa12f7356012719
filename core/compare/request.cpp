#include "compare/request.h"

#include "model/model.h"

namespace effcam::compare {

Result<Target> resolve_target(std::string_view text, std::span<const std::string> labels,
                              std::span<const float> logits) {
  if (text == "top1") return Target{model::top(logits, 1).front().index};
  Result<int> whole = model::find_class(text, labels);
  if (whole) return Target{*whole};
  // "A-B", where names may have hyphens of their own: every hyphen is tried.
  for (std::size_t at = text.find('-'); at != text.npos; at = text.find('-', at + 1)) {
    const std::string_view left = text.substr(0, at), right = text.substr(at + 1);
    const Result<int> for_it =
        left == "top1" ? Result<int>(model::top(logits, 1).front().index) : model::find_class(left, labels);
    const Result<int> against = model::find_class(right, labels);
    if (for_it && against) return Target{*for_it, *against};
  }
  return std::unexpected(std::move(whole).error());
}

std::string_view score_name(Score score) { return score == Score::logit ? "logit" : "probability"; }

Result<Score> parse_score(std::string_view name) {
  for (const Score score : {Score::logit, Score::probability})
    if (score_name(score) == name) return score;
  return fail("there is no score '", name, "': logit or probability");
}

efficientnet::Layer default_layer(cam::Method method) {
  using Kind = efficientnet::Layer::Kind;
  return {method == cam::Method::saliency ? Kind::input : Kind::head};
}

std::string layers_text(std::span<const efficientnet::Layer> layers) {
  std::string names;
  for (const efficientnet::Layer layer : layers) {
    if (!names.empty()) names += ',';
    names += efficientnet::layer_name(layer);
  }
  return names;
}

Result<std::vector<efficientnet::Layer>> parse_layers(std::string_view text) {
  std::vector<efficientnet::Layer> layers;
  while (true) {
    const std::size_t comma = text.find(',');
    EFFCAM_TRY(const efficientnet::Layer layer, efficientnet::parse_layer(text.substr(0, comma)));
    layers.push_back(layer);
    if (comma == text.npos) return layers;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace effcam::compare
