#include "compare/explain.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/memory.h"
#include "base/stopwatch.h"
#include "compare/answer.h"
#include "compare/field.h"
#include "compare/similarity.h"
#include "compare/smoothing.h"
#include "model/randomised.h"

namespace effcam::compare {

namespace {

using cam::Evidence;
using efficientnet::Layer;

constexpr Layer kInput{Layer::Kind::input};
// Of the activations of one batch of forward passes: large enough for the convolutions' full speed.
constexpr std::size_t kBatchBytes = std::size_t{48} << 20;
constexpr int kMostInBatch = 16;
constexpr std::uint32_t kRandomSeed = 7;

bool by_forward_passes(cam::Method method) {
  return cam::evidence(method) == Evidence::masked_inputs || cam::evidence(method) == Evidence::ablations;
}

}  // namespace

bool needs_gradients(const Request& request) {
  switch (cam::evidence(request.method)) {
    case Evidence::gradient: return !std::ranges::all_of(request.layers, efficientnet::in_head);
    case Evidence::guided_gradient: return true;
    default: return false;
  }
}

double forward_passes(const Request& request, const architecture::Variant& variant) {
  const Evidence evidence = cam::evidence(request.method);
  const double blocks = static_cast<double>(variant.blocks.size());
  double passes = 1 + (evidence == Evidence::guided_gradient) + needs_gradients(request);
  for (const Layer layer : request.layers) {
    if (!by_forward_passes(request.method) || !efficientnet::check_layer(layer, variant)) continue;
    const int block = layer.kind == Layer::Kind::stage ? variant.last_block_of(layer.index) : layer.index;
    const bool head = in_head(layer), input = layer.kind == Layer::Kind::input;
    const double channels = input ? 3 : head ? variant.head : variant.blocks[block].out;
    const double share = input ? 1 : head ? 0 : (blocks - block - 1) / blocks;
    passes += channels * (evidence == Evidence::masked_inputs ? 1 : share);
  }
  passes *= request.smooth ? kSmoothingPasses : 1;
  return request.judge ? 2 * passes + Judge::kPasses : passes;
}

Result<CellResult> explained(const image::Image& picture, model::Model& model, const Request& request,
                             nn::ThreadPool& pool) {
  Explanation explanation(picture, model, request, pool);
  for (bool more = true; more;) {
    EFFCAM_TRY(more, explanation.step());
  }
  return explanation.take();
}

Explanation::Explanation(const image::Image& picture, model::Model& model, Request request, nn::ThreadPool& pool)
    : picture_(picture), model_(model), request_(std::move(request)), pool_(pool), network_(model.network) {}

// ---- the phases ------------------------------------------------------------------------------------------------------

Result<bool> Explanation::step() {
  if (phases_.empty()) {
    const AddTime timed(result_.ms.decode);
    EFFCAM_RETURN_IF_ERROR(prepare());
    return true;
  }
  const Phase phase = phases_[phase_];
  {
    // What the first forward pass takes is the network's time; all the rest is the map's.
    const bool answer = phase_ == 0;
    const AddTime timed(result_.judgement ? result_.judgement->ms : answer ? result_.ms.forward : result_.ms.map);
    EFFCAM_RETURN_IF_ERROR((this->*phase.run)(phase, step_));
  }
  done_ += phase.cost;
  if (++step_ == phase.steps || phase_done_) {
    step_ = 0;
    ++phase_;
    phase_done_ = false;
  }
  return phase_ < phases_.size();
}

void Explanation::add_phase(const Phase& phase) {
  phases_.push_back(phase);
  total_ += phase.cost * phase.steps;
}

Status Explanation::prepare() {
  const auto side = static_cast<std::uint64_t>(model_.description.preprocessing.size);
  // The input, what the network is shown of the picture, and what a resampling has between its two passes.
  EFFCAM_RETURN_IF_ERROR(room_for(3 * (side * side * (sizeof(float) + 1) + side * picture_.height) + picture_.rgb.size()));
  input_ = image::prepare(picture_, model_.description.preprocessing);
  EFFCAM_RETURN_IF_ERROR(plan());
  for (int pass = 0; pass < (request_.smooth ? kSmoothingPasses : 1); ++pass) add_pass(pass);
  add_phase({&Explanation::finish});
  // Its phases are added when the map is there.
  if (request_.judge) total_ += Judge::kPasses * network_.forward_steps() + total_;
  describe(result_, request_, network_);
  result_.box = input_.box;
  return {};
}

void Explanation::add_pass(int pass) {
  add_phase({&Explanation::forward, network_.forward_steps(), 1, pass});
  if (by_forward_passes(request_.method)) return add_channel_phases(pass);
  if (cam::needs_gradient(request_.method)) {
    int steps = 0;
    for (const Layer layer : request_.layers) steps = std::max(steps, network_.backward_steps_to(layer));
    add_phase({&Explanation::backward, steps, 1, pass});
  }
  add_phase({&Explanation::maps, 1, 1, pass});
  if (cam::evidence(request_.method) == Evidence::guided_gradient)
    add_phase({&Explanation::guided, network_.backward_steps(), 1, pass});
}

void Explanation::choose_batch() {
  const std::size_t bytes = std::max<std::size_t>(network_.activation_bytes(), 1);
  batch_ = static_cast<int>(std::clamp<std::size_t>(kBatchBytes / bytes, 1, kMostInBatch));
}

void Explanation::add_channel_phases(int pass) {
  choose_batch();
  for (std::size_t layer = 0; layer < request_.layers.size(); ++layer) {
    const Layer where = request_.layers[layer];
    const int steps = Batches::steps_of(network_, start_of(request_.method, where), network_.shape(where).channels, batch_);
    add_phase({&Explanation::channels, steps, static_cast<double>(batch_), pass, static_cast<int>(layer)});
  }
}

Status Explanation::plan() {
  efficientnet::Wanted wanted{.layers = request_.layers, .targets = cam::needs_gradient(request_.method)};
  if (cam::evidence(request_.method) == Evidence::guided_gradient) {
    wanted.layers.push_back(kInput);
    wanted.repeatable = true;
  }
  return network_.plan(1, input_.height, input_.width, wanted, pool_);
}

// ---- one pass --------------------------------------------------------------------------------------------------------

Status Explanation::forward(const Phase& phase, int step) {
  if (step == 0) {
    EFFCAM_RETURN_IF_ERROR(plan());  // another method's passes may have replaced it
    EFFCAM_RETURN_IF_ERROR(room_for_floats(input_.values.size()));
    shown_ = smoothed_input(input_, phase.pass);
  }
  network_.forward_step(step, shown_, pool_);
  if (step + 1 < phase.steps) return {};
  if (phase.pass == 0) EFFCAM_RETURN_IF_ERROR(predict());
  value_ = objective_.value(network_.logits());
  seed_ = objective_.gradient(network_.logits());
  return by_forward_passes(request_.method) ? keep_activations() : Status();
}

Status Explanation::predict() {
  const std::span<const float> logits = network_.logits();
  EFFCAM_TRY(const Answer answer, Answer::of(model_, logits));
  result_.top = answer.top(kTop);
  EFFCAM_TRY(const Target target, resolve_target(request_.target, model_.labels, logits));
  EFFCAM_TRY(objective_, Objective::make(request_, target, logits));
  result_.target = answer.prediction(target.index);
  result_.against.index = -1;
  if (target.against >= 0) result_.against = answer.prediction(target.against);
  if (request_.with_logits) result_.logits.assign(logits.begin(), logits.end());
  return {};
}

Status Explanation::keep_activations() {
  subjects_.clear();
  for (const Layer layer : request_.layers) {
    const std::span<const float> values = network_.activation(layer);
    EFFCAM_RETURN_IF_ERROR(room_for_floats(values.size() + shown_.size()));
    subjects_.push_back({.method = request_.method,
                         .layer = layer,
                         .shape = network_.shape(layer),
                         .activation = {values.begin(), values.end()},
                         .input_shape = network_.shape(kInput),
                         .input = shown_,
                         .value = value_});
  }
  return {};
}

// A map is made in doubles, and an eigen method divides a copy of what it is made of.
Status Explanation::room_for_maps() const {
  const bool copies = request_.method == cam::Method::eigen_cam || request_.method == cam::Method::eigen_grad_cam;
  std::uint64_t floats = 0;
  for (const Layer layer : request_.layers) {
    const efficientnet::LayerShape shape = network_.shape(layer);
    floats += static_cast<std::uint64_t>(shape.height) * shape.width * (4 + (copies ? shape.channels : 0));
  }
  return room_for_floats(floats);
}

Status Explanation::backward(const Phase&, int step) {
  network_.backward_step(step, seed_, pool_);
  return {};
}

Status Explanation::channels(const Phase& phase, int step) {
  if (step == 0) passes_.emplace(network_, std::move(subjects_[phase.layer]), batch_);
  EFFCAM_RETURN_IF_ERROR(passes_->step(step, objective_, pool_));
  if (step + 1 == phase.steps) add_map(phase.layer, phase.pass, passes_->map(request_.sign));
  return {};
}

Status Explanation::maps(const Phase& phase, int) {
  // Guided Grad-CAM multiplies the gradient, which has the sign, by the unsigned map.
  const bool multiplied = cam::evidence(request_.method) == Evidence::guided_gradient;
  const cam::Sign sign = multiplied ? cam::Sign::non_negative : request_.sign;
  EFFCAM_RETURN_IF_ERROR(room_for_maps());
  std::vector<cam::HeatMap> maps;
  for (const Layer layer : request_.layers) maps.push_back(map_of(network_, request_.method, layer, sign));
  if (request_.judge && phase.pass == 0) measure_completeness();
  if (multiplied) {
    unguided_ = std::move(maps);
  } else {
    for (std::size_t i = 0; i < maps.size(); ++i) add_map(static_cast<int>(i), phase.pass, std::move(maps[i]));
  }
  return {};
}

Status Explanation::guided(const Phase& phase, int step) {
  network_.backward_step(step, seed_, pool_, nn::SwishRule::guided);
  if (step + 1 < phase.steps) return {};
  EFFCAM_RETURN_IF_ERROR(room_for_floats(input_.values.size() * request_.layers.size()));
  const cam::Field gradient = field_of(network_.shape(kInput), network_.gradient(kInput));
  for (std::size_t i = 0; i < unguided_.size(); ++i)
    add_map(static_cast<int>(i), phase.pass, cam::guided_map(unguided_[i], gradient, request_.sign));
  return {};
}

void Explanation::add_map(int layer, int pass, cam::HeatMap map) {
  straighten(map, pass);
  maps_.resize(request_.layers.size());
  cam::HeatMap& sum = maps_[layer];
  if (sum.values.empty()) {
    sum = std::move(map);
  } else {
    for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += map.values[i];
  }
}

// ---- the end ---------------------------------------------------------------------------------------------------------

Status Explanation::finish(const Phase&, int) {
  const float passes = request_.smooth ? kSmoothingPasses : 1;
  for (cam::HeatMap& map : maps_)
    for (float& value : map.values) value /= passes;
  set_map(result_, std::move(maps_));
  result_.seen = std::move(input_.seen);
  return request_.judge ? add_judge_phases() : Status();
}

// ---- belief ----------------------------------------------------------------------------------------------------------

Status Explanation::add_judge_phases() {
  EFFCAM_RETURN_IF_ERROR(room_for_floats(input_.values.size() * Judge::kInputs));
  result_.judgement.emplace();
  choose_batch();
  judge_.emplace(network_, input_, result_.map, result_.target.index, batch_);
  phases_.push_back({&Explanation::judge, judge_->steps(), static_cast<double>(batch_)});
  phases_.push_back({&Explanation::random_weights, kUntilDone});
  return {};
}

Status Explanation::judge(const Phase& phase, int step) {
  EFFCAM_RETURN_IF_ERROR(judge_->step(step, pool_));
  if (step + 1 < phase.steps) return {};
  const double ms = result_.judgement->ms;
  result_.judgement = judge_->judgement(result_.target.probability);
  result_.judgement->ms = ms;
  result_.judgement->completeness = completeness_;
  return {};
}

// The same request to a network that has learned nothing.
Status Explanation::random_weights(const Phase&, int step) {
  if (step == 0) {
    EFFCAM_TRY(random_model_, model::randomised(model_, kRandomSeed));
    Request same = request_;
    same.judge = false;
    same.target = result_.against.index >= 0 ? text(result_.target.index, "-", result_.against.index)
                                             : text(result_.target.index);
    random_ = std::make_unique<Explanation>(picture_, *random_model_, std::move(same), pool_);
    return {};
  }
  EFFCAM_TRY(const bool more, random_->step());
  if (more) return {};
  EFFCAM_RETURN_IF_ERROR(room_for_floats(8 * result_.map.values.size()));
  compare_with_random_weights(random_->take().map);
  phase_done_ = true;
  return {};
}

void Explanation::compare_with_random_weights(const cam::HeatMap& map) {
  const std::optional<Samples> ours = Samples::of(result_.map.values), theirs = Samples::of(map.values);
  if (!ours || !theirs) return;
  const Similarity similarity = ours->similarity(*theirs);
  result_.judgement->random_weights_pearson = similarity.pearson;
  result_.judgement->random_weights_rank = similarity.rank;
}

// At the head's features the logit is linear: what Grad-CAM, HiResCAM and XGrad-CAM give to the positions adds up to it.
void Explanation::measure_completeness() {
  constexpr std::array kComplete{cam::Method::grad_cam, cam::Method::hires_cam, cam::Method::xgrad_cam,
                                 cam::Method::finer_cam};
  const bool promised = std::ranges::count(kComplete, request_.method) && request_.score == Score::logit &&
                        request_.layers == std::vector<Layer>{{Layer::Kind::head}};
  if (!promised || value_ == 0) return;
  const cam::HeatMap map = map_of(network_, request_.method, {}, cam::Sign::both);
  double sum = 0;
  for (const float value : map.values) sum += value;
  const std::span<const float> bias = network_.classifier_bias();
  for (std::size_t k = 0; k < seed_.size(); ++k) sum += double{seed_[k]} * bias[k];
  completeness_ = std::abs(sum - value_) / std::abs(value_);
}

}  // namespace effcam::compare
