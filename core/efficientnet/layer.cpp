#include "efficientnet/layer.h"

#include <array>
#include <charconv>

namespace effcam::efficientnet {

namespace {

using Kind = Layer::Kind;

struct Name {
  Kind kind;
  std::string_view text;
  bool numbered;
};
constexpr std::array<Name, 5> kNames{{{Kind::head_raw, "head.raw", false},
                                      {Kind::head, "head", false},
                                      {Kind::input, "input", false},
                                      {Kind::stage, "stage", true},
                                      {Kind::block, "block.", true}}};

[[nodiscard]] bool read_number(std::string_view digits, int& number) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && number >= 0;
}

}  // namespace

std::string layer_name(Layer layer) {
  for (const Name& name : kNames)
    if (name.kind == layer.kind) return name.numbered ? text(name.text, layer.index) : std::string(name.text);
  return {};
}

Result<Layer> parse_layer(std::string_view name) {
  for (const Name& candidate : kNames) {
    if (!candidate.numbered && name == candidate.text) return Layer{candidate.kind, 0};
    if (!candidate.numbered || !name.starts_with(candidate.text)) continue;
    int number = 0;
    if (read_number(name.substr(candidate.text.size()), number)) return Layer{candidate.kind, number};
  }
  return fail("no layer is called '", name, "': head, head.raw, stage1 to stage7, block.0 and on, input");
}

Status check_layer(Layer layer, const architecture::Variant& variant) {
  if (layer.kind == Kind::stage && (layer.index < 1 || layer.index > variant.stages()))
    return fail(variant.name, " has no ", layer_name(layer), ": its stages are 1 to ", variant.stages());
  const int blocks = static_cast<int>(variant.blocks.size());
  if (layer.kind == Kind::block && (layer.index < 0 || layer.index >= blocks))
    return fail(variant.name, " has no ", layer_name(layer), ": its blocks are 0 to ", blocks - 1);
  return {};
}

}  // namespace effcam::efficientnet
