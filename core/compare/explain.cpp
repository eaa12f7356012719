#include "compare/explain.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace effcam::compare {

namespace {

using efficientnet::Layer;

bool in_head(Layer layer) { return layer.kind == Layer::Kind::head || layer.kind == Layer::Kind::head_raw; }

class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(&total), start_(Clock::now()) {}
  ~Stopwatch() { *total_ += std::chrono::duration<double, std::milli>(Clock::now() - start_).count(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double* total_;
  Clock::time_point start_;
};

}  // namespace

bool needs_gradients(const Request& request) {
  return cam::needs_gradient(request.method) && !std::ranges::all_of(request.layers, in_head);
}

Explanation::Explanation(const image::Image& picture, model::Model& model, Request request, nn::ThreadPool& pool)
    : picture_(picture), model_(model), request_(std::move(request)), pool_(pool) {}

double Explanation::share() const { return steps_ ? static_cast<double>(step_) / steps_ : 0.0; }

Result<bool> Explanation::step() {
  efficientnet::Network& network = model_.network;
  const int forward = network.forward_steps();
  if (step_ == 0) {
    Stopwatch watch(result_.ms.decode);
    EFFCAM_RETURN_IF_ERROR(prepare());
  } else if (step_ <= forward) {
    Stopwatch watch(result_.ms.forward);
    EFFCAM_RETURN_IF_ERROR(network.forward_step(step_ - 1, input_.values, pool_));
    if (step_ == forward) EFFCAM_RETURN_IF_ERROR(predict());
  } else if (step_ + 1 < steps_) {
    Stopwatch watch(result_.ms.map);
    EFFCAM_RETURN_IF_ERROR(network.backward_step(step_ - forward - 1, seed_, pool_));
  } else {
    Stopwatch watch(result_.ms.map);
    EFFCAM_RETURN_IF_ERROR(make_map());
  }
  return ++step_ < steps_;
}

Status Explanation::prepare() {
  input_ = image::prepare(picture_, model_.description.preprocessing);
  efficientnet::Wanted wanted{.layers = request_.layers, .targets = cam::needs_gradient(request_.method)};
  EFFCAM_RETURN_IF_ERROR(model_.network.plan(1, input_.height, input_.width, wanted, pool_));
  steps_ = 2 + model_.network.forward_steps() + model_.network.backward_steps();
  result_.layer = layers_text(request_.layers);
  result_.method = cam::method_name(request_.method);
  result_.box = input_.box;
  return {};
}

Status Explanation::predict() {
  const std::span<const float> logits = model_.network.logits();
  if (!std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); }))
    return fail("the network's answer is not finite: its weights do not fit this architecture");
  const std::vector<float> probabilities = model::softmax(logits);
  const auto prediction = [&](int index) {
    return Prediction{index, model_.labels[index], logits[index], probabilities[index]};
  };
  for (const model::Prediction& best : model::top(logits, 5)) result_.top.push_back(prediction(best.index));
  EFFCAM_TRY(const Target target, resolve_target(request_.target, model_.labels, logits));
  result_.target = prediction(target.index);
  result_.against.index = -1;
  if (target.against >= 0) result_.against = prediction(target.against);
  seed_.assign(logits.size(), 0.0f);
  seed_[target.index] += 1.0f;
  if (target.against >= 0) seed_[target.against] -= 1.0f;
  if (!cam::needs_gradient(request_.method)) seed_.clear();
  if (request_.with_logits) result_.logits.assign(logits.begin(), logits.end());
  return {};
}

Result<cam::HeatMap> Explanation::layer_map(Layer layer) const {
  const efficientnet::LayerShape shape = model_.network.shape(layer);
  const auto field = [&](std::span<const float> values) {
    return cam::Field{shape.height, shape.width, shape.channels, values};
  };
  const cam::Field activation = field(model_.network.activation(layer));
  const cam::Field gradient =
      cam::needs_gradient(request_.method) ? field(model_.network.gradient(layer)) : cam::Field{};
  return cam::heat_map(request_.method, activation, gradient);
}

Status Explanation::make_map() {
  if (request_.layers.size() == 1) {
    EFFCAM_TRY(result_.map, layer_map(request_.layers.front()));
    result_.flat = cam::is_flat(result_.map);
  } else {
    // Maps of several layers have neither their size nor their scale in common: the mean of the normalised ones.
    std::vector<cam::HeatMap> maps;
    for (const Layer layer : request_.layers) {
      EFFCAM_TRY(cam::HeatMap map, layer_map(layer));
      maps.push_back(std::move(map));
    }
    result_.flat = std::ranges::all_of(maps, cam::is_flat);
    result_.map = cam::fuse(maps);
  }
  result_.seen = std::move(input_.seen);
  return {};
}

}  // namespace effcam::compare
