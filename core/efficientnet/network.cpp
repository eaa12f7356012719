#include "efficientnet/network.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/memory.h"
#include "efficientnet/head.h"
#include "efficientnet/part.h"
#include "efficientnet/recorder.h"
#include "nn/xnnpack/tile.h"

namespace effcam::efficientnet {

namespace {

constexpr int kSmallestSide = 32;
// Keeps every product of sizes far inside 63 bits and memory within reach.
constexpr int kLargestSide = 4096;
constexpr int kMostImages = 1024;

// The places between the parts: 0 the input, 1 the stem's output, 2 + b the output of block b.
int place_of(Layer layer, const architecture::Variant& variant) {
  switch (layer.kind) {
    case Layer::Kind::input: return 0;
    case Layer::Kind::block: return 2 + layer.index;
    case Layer::Kind::stage: return 2 + variant.last_block_of(layer.index);
    case Layer::Kind::head_raw:
    case Layer::Kind::head: break;
  }
  return 2 + static_cast<int>(variant.blocks.size());
}

struct PlanKey {
  int images = 0, height = 0, width = 0, threads = 0, targets = 0;
  int tile = 0;  // its operators' height of a tile
  bool repeatable = false;
  std::vector<Layer> layers;
  bool operator==(const PlanKey&) const = default;
};

}  // namespace

struct Network::State {
  Config config;
  std::vector<std::unique_ptr<Part>> parts;  // the stem, then the blocks
  std::optional<Head> head;

  PlanKey key;
  nn::Arena arena;
  nn::GatedMemory gated_memory;
  int images = 0, targets = 0;
  Layer from{Layer::Kind::input};       // where the forward pass begins
  std::vector<Value> places;            // activations between the parts
  std::vector<Value> gradients;         // the same; those before `first_place` are not computed
  int first_place = 0;                  // where the backward pass ends
  bool planned = false, backward_planned = false;
  std::vector<std::vector<float>> head_gradients;  // head and head.raw, a target each; made when asked for

  [[nodiscard]] Run run(nn::ThreadPool& pool, nn::SwishRule rule = nn::SwishRule::plain) const {
    return {arena, pool, rule};
  }
  void forward_step(int step, std::span<const float> input, const Run& run);
  [[nodiscard]] Recorder recorder(int step, Profile& profile) const;
  [[nodiscard]] int first_part() const { return in_head(from) ? part_count() : place_of(from, *config.variant); }
  // Where the caller's values go.
  [[nodiscard]] const Value& start() const {
    if (from.kind == Layer::Kind::head) return head->features();
    return from.kind == Layer::Kind::head_raw ? head->raw() : places[first_part()];
  }
  void reset(Layer begin, int image_count, int target_count);
  [[nodiscard]] Status plan_forward(Plan& plan, const Wanted& wanted);
  [[nodiscard]] Status plan_backward(Plan& plan, const Wanted& wanted);
  [[nodiscard]] int part_count() const { return static_cast<int>(parts.size()); }
};

std::string_view precision_name(Precision precision) { return precision == Precision::int8 ? "int8" : "f32"; }
std::string_view operators_name(Operators operators) { return operators == Operators::xnnpack ? "xnnpack" : "fused"; }

// ---- creation --------------------------------------------------------------------------------------------------------

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::create(const Config& config, const architecture::ParameterSource& parameters,
                                const Progress& progress) {
  EFFCAM_CHECK(config.variant && config.classes > 0);
  if (config.operators == Operators::xnnpack && config.precision == Precision::int8)
    return fail("int8 is of the fused network: with XNNPACK's operators alone everything is f32");
  auto state = std::make_unique<State>();
  state->config = config;
  const Packer packer(state->config, parameters);
  const architecture::Variant& variant = *config.variant;
  const int count = static_cast<int>(variant.blocks.size());
  EFFCAM_TRY(std::unique_ptr<Part> stem, pack_stem(packer));
  state->parts.push_back(std::move(stem));
  int native = (variant.size + 1) / 2;
  for (int i = 0; i < count; ++i) {
    if (progress && !progress((i + 1.0) / (count + 2.0))) return cancelled();
    EFFCAM_TRY(std::unique_ptr<Part> block, pack_block(packer, i, native));
    state->parts.push_back(std::move(block));
    native = (native + variant.blocks[i].stride - 1) / variant.blocks[i].stride;
  }
  EFFCAM_TRY(Head head, Head::pack(packer, native));
  state->head.emplace(std::move(head));
  if (progress && !progress(1.0)) return cancelled();
  return Network(std::move(state));
}

const Config& Network::config() const { return state_->config; }

// ---- planning --------------------------------------------------------------------------------------------------------

Status Network::State::plan_forward(Plan& plan, const Wanted& wanted) {
  backward_planned = targets > 0 && std::ranges::any_of(wanted.layers, [](Layer layer) { return !in_head(layer); });
  if (backward_planned && !config.gradients)
    return fail("the model was packed without the weights of a backward pass");
  first_place = part_count();
  bool features = false;
  for (const Layer layer : wanted.layers) {
    first_place = std::min(first_place, in_head(layer) ? part_count() : place_of(layer, *config.variant));
    features |= layer.kind == Layer::Kind::head;
  }
  places.resize(part_count() + 1);
  for (int part = 0; part < part_count(); ++part) {
    // A part after the first place of interest is crossed by the backward pass.
    EFFCAM_TRY(places[part + 1], parts[part]->plan_forward(plan, places[part], targets > 0 && part >= first_place));
  }
  EFFCAM_RETURN_IF_ERROR(head->plan_forward(plan, places.back(), features, backward_planned));
  for (const Layer layer : wanted.layers)
    if (!in_head(layer)) plan.keep(places[place_of(layer, *config.variant)]);
  return {};
}

Status Network::State::plan_backward(Plan& plan, const Wanted& wanted) {
  gradients.assign(places.size(), {});
  if (!backward_planned) return {};
  EFFCAM_TRY(gradients.back(), head->plan_backward(plan));
  for (int part = part_count() - 1; part >= first_place; --part) {
    EFFCAM_TRY(gradients[part], parts[part]->plan_backward(plan, gradients[part + 1]));
  }
  for (const Layer layer : wanted.layers)
    if (!in_head(layer)) plan.keep(gradients[place_of(layer, *config.variant)]);
  return {};
}

void Network::State::reset(Layer begin, int image_count, int target_count) {
  planned = backward_planned = false;
  arena = {};  // frees the old plan's memory before the new one's is taken
  gated_memory.clear();
  from = begin;
  images = image_count;
  targets = target_count;
}

Status Network::plan_from(Layer from, const LayerShape& shape, int images, nn::ThreadPool& pool) {
  State& s = *state_;
  EFFCAM_RETURN_IF_ERROR(check_layer(from, *s.config.variant));
  EFFCAM_CHECK(images >= 1 && images <= kMostImages);
  s.reset(from, images, 0);
  Plan plan(s.arena, s.gated_memory, pool, 0, false);
  const nn::Shape start{images, shape.height, shape.width, shape.channels};
  s.places.assign(s.part_count() + 1, {});
  if (from.kind == Layer::Kind::head) {
    EFFCAM_RETURN_IF_ERROR(s.head->plan_from_features(plan, start));
  } else if (from.kind == Layer::Kind::head_raw) {
    EFFCAM_RETURN_IF_ERROR(s.head->plan_from_raw(plan, start));
  } else {
    s.places[s.first_part()] = plan.make(start);
    for (int part = s.first_part(); part < s.part_count(); ++part) {
      EFFCAM_TRY(s.places[part + 1], s.parts[part]->plan_forward(plan, s.places[part], false));
    }
    EFFCAM_RETURN_IF_ERROR(s.head->plan_forward(plan, s.places.back(), false, false));
  }
  EFFCAM_RETURN_IF_ERROR(s.arena.allocate());
  s.key = {};
  s.planned = true;
  return {};
}

Status Network::plan(int images, int height, int width, const Wanted& wanted, nn::ThreadPool& pool) {
  State& s = *state_;
  const PlanKey key{images, height, width, pool.threads(), wanted.targets, nn::xnnpack::tile_height(), wanted.repeatable, wanted.layers};
  if (s.planned && s.key == key) return {};
  if (std::min(height, width) < kSmallestSide || std::max(height, width) > kLargestSide)
    return fail("an input of ", height, " × ", width, " pixels: the sides must be ", kSmallestSide, " to ", kLargestSide);
  EFFCAM_CHECK(images >= 1 && images <= kMostImages && (wanted.targets == 0 || images == 1));
  for (const Layer layer : wanted.layers) EFFCAM_RETURN_IF_ERROR(check_layer(layer, *s.config.variant));
  s.reset({Layer::Kind::input}, images, wanted.targets);
  Plan plan(s.arena, s.gated_memory, pool, wanted.targets, wanted.repeatable);
  s.places.assign(1, plan.make({images, height, width, 3}));
  EFFCAM_RETURN_IF_ERROR(s.plan_forward(plan, wanted));
  EFFCAM_RETURN_IF_ERROR(s.plan_backward(plan, wanted));
  EFFCAM_RETURN_IF_ERROR(s.arena.allocate());
  const auto in_heads = static_cast<std::uint64_t>(std::ranges::count_if(wanted.layers, in_head));
  EFFCAM_RETURN_IF_ERROR(room_for_floats(in_heads * wanted.targets * s.head->raw().shape.image_values()));
  s.head_gradients.assign(2 * static_cast<std::size_t>(std::max(wanted.targets, 0)), {});
  s.key = key;
  s.planned = true;
  return {};
}

// ---- running ---------------------------------------------------------------------------------------------------------

int Network::forward_steps() const { return forward_steps_from(state_->from); }

int Network::forward_steps_from(Layer layer) const {
  const int first = in_head(layer) ? state_->part_count() : place_of(layer, *state_->config.variant);
  return state_->part_count() - first + 1;
}

void Network::forward_step(int step, std::span<const float> input, nn::ThreadPool& pool) {
  EFFCAM_CHECK(step >= 0 && step < forward_steps());
  return state_->forward_step(step, input, state_->run(pool));
}

void Network::State::forward_step(int step, std::span<const float> input, const Run& run) {
  EFFCAM_CHECK(planned && input.size() == start().shape.values());
  if (step == 0) {
    if (config.precision == Precision::int8) nn::before_quantized_pass();
    std::ranges::copy(input, run.data(start()));
  }
  const int part = first_part() + step;
  if (part < part_count()) return parts[part]->forward(run);
  if (!in_head(from)) return head->forward(run);
  if (from.kind == Layer::Kind::head) return head->forward_from_features(run);
  head->forward_from_raw(run);
}

void Network::forward(std::span<const float> input, nn::ThreadPool& pool) {
  for (int step = 0; step < forward_steps(); ++step) forward_step(step, input, pool);
}

Recorder Network::State::recorder(int step, Profile& profile) const {
  const int block = first_part() + step - 1;
  if (block < 0) return {&profile, "stem", "stem"};
  if (block + 1 == part_count()) return {&profile, "head", "head"};
  return {&profile, text("block.", block), text("stage ", config.variant->blocks[block].stage)};
}

Profile Network::profile(std::span<const float> input, nn::ThreadPool& pool, int passes) {
  EFFCAM_CHECK(passes >= 1);
  std::vector<Profile> made(passes);
  for (Profile& pass : made) {
    for (int step = 0; step < forward_steps(); ++step) {
      const Recorder recorder = state_->recorder(step, pass);
      Run run = state_->run(pool);
      run.recorder = &recorder;
      state_->forward_step(step, input, run);
    }
  }
  return mean_of_faster_half(std::move(made));
}

Work Network::work() const {
  EFFCAM_CHECK(state_->planned && state_->from.kind == Layer::Kind::input);
  Work sum = state_->head->work();
  for (const auto& part : state_->parts) sum = sum + part->work();
  return sum;
}

std::span<const float> Network::logits() const { return state_->head->logits(); }

int Network::backward_steps() const {
  return state_->backward_planned ? 1 + state_->part_count() - state_->first_place : state_->targets > 0;
}

int Network::backward_steps_to(Layer layer) const {
  return in_head(layer) ? 1 : 1 + state_->part_count() - place_of(layer, *state_->config.variant);
}

void Network::backward_step(int step, std::span<const float> seeds, nn::ThreadPool& pool, nn::SwishRule rule) {
  State& s = *state_;
  const std::size_t classes = s.config.classes;
  EFFCAM_CHECK(s.planned && seeds.size() == s.targets * classes && step >= 0 && step < backward_steps());
  const Run run = s.run(pool, rule);
  if (step > 0) return s.parts[s.part_count() - step]->backward(run);
  const std::size_t values = s.head->raw().shape.image_values();
  for (const Layer layer : s.key.layers) {
    if (!in_head(layer)) continue;
    for (int target = 0; target < s.targets; ++target) {
      std::vector<float>& gradient = s.head_gradients[2 * target + (layer.kind == Layer::Kind::head_raw)];
      gradient.resize(values);
      head_gradient(layer, seeds.subspan(target * classes, classes), gradient);
    }
  }
  if (s.backward_planned) s.head->backward(run, seeds);
}

void Network::backward(std::span<const float> seeds, nn::ThreadPool& pool, nn::SwishRule rule) {
  for (int step = 0; step < backward_steps(); ++step) backward_step(step, seeds, pool, rule);
}

// ---- what was kept ---------------------------------------------------------------------------------------------------

LayerShape Network::shape(Layer layer) const {
  const State& s = *state_;
  const nn::Shape& shape =
      in_head(layer) ? s.head->raw().shape : s.places[place_of(layer, *s.config.variant)].shape;
  return {shape.height, shape.width, shape.channels};
}

std::span<const float> Network::activation(Layer layer, int image) const {
  const State& s = *state_;
  const Value& value = layer.kind == Layer::Kind::head       ? s.head->features()
                       : layer.kind == Layer::Kind::head_raw ? s.head->raw()
                                                             : s.places[place_of(layer, *s.config.variant)];
  EFFCAM_CHECK(value.buffer >= 0);
  const std::size_t values = value.shape.image_values();
  return s.arena.values(value.buffer).subspan(image * values, values);
}

std::span<const float> Network::gradient(Layer layer, int target) const {
  const State& s = *state_;
  EFFCAM_CHECK(target < s.targets);
  if (in_head(layer)) return s.head_gradients[2 * target + (layer.kind == Layer::Kind::head_raw)];
  const Value& value = s.gradients[place_of(layer, *s.config.variant)];
  EFFCAM_CHECK(value.buffer >= 0);
  const std::size_t values = value.shape.image_values();
  return s.arena.values(value.buffer).subspan(target * values, values);
}

void Network::head_gradient(Layer layer, std::span<const float> seed, std::span<float> out) const {
  const State& s = *state_;
  EFFCAM_CHECK(in_head(layer) && seed.size() == static_cast<std::size_t>(s.config.classes));
  if (layer.kind == Layer::Kind::head) return s.head->features_gradient(seed, out);
  s.head->raw_gradient(s.arena, nn::SwishRule::plain, seed, out);
}

std::span<const float> Network::classifier_bias() const { return state_->head->classifier().bias(); }

std::size_t Network::activation_bytes() const { return state_->arena.bytes() + state_->gated_memory.bytes(); }
std::size_t Network::weight_bytes() const {
  std::size_t bytes = state_->head->weight_bytes();
  for (const auto& part : state_->parts) bytes += part->weight_bytes();
  return bytes;
}

}  // namespace effcam::efficientnet
