#include "wasm/mirror.h"

#include <bit>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace effcam::wasm {
namespace {

using nlohmann::json;

const char* stage_name(compare::Stage stage) {
  switch (stage) {
    case compare::Stage::waiting: return "waiting";
    case compare::Stage::working: return "working";
    case compare::Stage::ready: return "ready";
    case compare::Stage::failed: return "failed";
    case compare::Stage::cancelled: return "cancelled";
  }
  return "";
}

json of_picture(const compare::Picture& picture) {
  return {{"id", picture.id},          {"name", picture.name},
          {"state", stage_name(picture.stage)}, {"error", picture.error},
          {"width", picture.info.width}, {"height", picture.info.height}};
}

json of_model(const compare::BoardModel& model) {
  return {{"id", model.id},
          {"name", model.name},
          {"state", stage_name(model.stage)},
          {"share", model.share},
          {"error", model.error},
          {"variant", model.info.variant},
          {"size", model.info.size},
          {"classes", model.info.classes},
          {"loadMs", model.info.load_ms}};
}

json of_judgement(const std::optional<compare::Judgement>& judgement) {
  if (!judgement) return nullptr;
  return {{"deletion", judgement->map.deletion.area},
          {"insertion", judgement->map.insertion.area},
          {"road", judgement->map.road},
          {"drop", judgement->map.drop}};
}

json of_result(const compare::CellResult& result) {
  json top = json::array();
  for (const auto& prediction : result.top) {
    top.push_back({{"index", prediction.index},
                   {"label", prediction.label},
                   {"logit", prediction.logit},
                   {"probability", prediction.probability}});
  }
  return {{"top", std::move(top)},
          {"target", {{"index", result.target.index}, {"label", result.target.label}}},
          {"layer", result.layer},
          {"method", result.method},
          {"precision", std::string(precision_name(result.precision))},
          {"judgement", of_judgement(result.judgement)},
          {"flat", result.flat},
          {"signed", result.is_signed},
          {"counterfactual", result.counterfactual},
          {"score", std::string(compare::score_name(result.score))},
          {"map", {{"width", result.map.width}, {"height", result.map.height}, {"maximum", cam::maximum(result.map)}}},
          {"ms", {{"decode", result.ms.decode}, {"forward", result.ms.forward}, {"map", result.ms.map}}}};
}

// A cell that has not been asked for shows why: its picture or its model is not ready, or never will be.
json of_missing(const compare::Picture& picture, const compare::BoardModel& model) {
  const bool failed = picture.stage == compare::Stage::failed || model.stage == compare::Stage::failed;
  const std::string& why = picture.stage == compare::Stage::failed ? picture.error : model.error;
  return {{"picture", picture.id},
          {"model", model.id},
          {"state", failed ? "failed" : "waiting"},
          {"share", 0},
          {"error", failed ? why : ""}};
}

json of_cell(const compare::Board& board, const compare::Picture& picture, const compare::BoardModel& model) {
  const compare::Cell* cell = board.cell(picture.id, model.id);
  if (!cell) return of_missing(picture, model);
  json value{{"picture", picture.id},
             {"model", model.id},
             {"state", stage_name(cell->stage)},
             {"share", cell->share},
             {"error", cell->error}};
  if (cell->result) value["result"] = of_result(*cell->result);
  return value;
}

json of_agreement(const compare::Board& board, const compare::AgreementCache::Entry* entry) {
  if (!entry) return nullptr;
  const auto name = [&](int column) { return board.models()[static_cast<std::size_t>(column)].name; };
  json pairs = json::array();
  for (const auto& pair : entry->agreement.pairs) {
    json each{{"models", {name(pair.a), name(pair.b)}}, {"same", pair.same_class}, {"maps", nullptr}};
    if (pair.maps) each["maps"] = {{"pearson", pair.maps->pearson}, {"rank", pair.maps->rank}, {"iou", pair.maps->overlap}};
    pairs.push_back(std::move(each));
  }
  return {{"text", compare::agreement_sentence(entry->agreement)}, {"pairs", std::move(pairs)}};
}

std::uint64_t signature(const std::string& text) { return std::hash<std::string>{}(text); }

std::uint64_t signature(const compare::Picture& picture, const compare::AgreementCache::Entry* entry) {
  const std::uint64_t stage = mix_hash(static_cast<std::uint64_t>(picture.stage) + 1, signature(picture.error));
  return mix_hash(stage, entry ? entry->version : 0);
}

std::uint64_t signature(const compare::Board& board, const compare::Picture& picture, const compare::BoardModel& model) {
  const compare::Cell* cell = board.cell(picture.id, model.id);
  if (!cell) {  // of_missing
    const std::uint64_t stages = mix_hash(static_cast<std::uint64_t>(picture.stage), static_cast<std::uint64_t>(model.stage));
    return mix_hash(mix_hash(stages, signature(picture.error)), signature(model.error));
  }
  const std::uint64_t stage = mix_hash(cell->version + 1, static_cast<std::uint64_t>(cell->stage));
  return mix_hash(mix_hash(stage, std::bit_cast<std::uint64_t>(cell->share)), signature(cell->error));
}

void forget_other_table(const compare::Board& board, Told& told) {
  const auto ids = [](const auto& items) {
    std::vector<compare::Id> made;
    for (const auto& item : items) made.push_back(item.id);
    return made;
  };
  Told now{ids(board.pictures()), ids(board.models()), {}, {}};
  if (now.pictures != told.pictures || now.models != told.models) told = std::move(now);
  told.rows.resize(told.pictures.size());
  told.cells.resize(told.pictures.size() * told.models.size());
}

// Whether it is not what was told; from now on it is. 0 stands for what nobody was told.
bool is_news(std::uint64_t& told, std::uint64_t signature) {
  signature = signature == 0 ? 1 : signature;
  return std::exchange(told, signature) != signature;
}

json of_place(const std::optional<ui::CellRef>& where) {
  if (!where) return nullptr;
  return {{"picture", where->picture}, {"model", where->model}};
}

}  // namespace

// Of one mirroring; what is pending comes with the next.
constexpr double kAgreementMs = 20;

std::string controls(const ui::UiState& state) { return json(state.controls).dump(); }

std::string mirror(const compare::Board& board, ui::UiState& state, Told& told) {
  json pictures = json::array(), models = json::array(), cells = json::array();
  forget_other_table(board, told);
  state.agreements.begin(kAgreementMs);
  for (const auto& picture : board.pictures()) {
    const auto* agreement = state.agreements.of(board, picture.id);
    const bool news = is_news(told.rows[pictures.size()], signature(picture, agreement));
    pictures.push_back(news ? of_picture(picture) : json(nullptr));
    if (news) pictures.back()["agreement"] = of_agreement(board, agreement);
    for (const auto& model : board.models()) {
      const bool changed = is_news(told.cells[cells.size()], signature(board, picture, model));
      cells.push_back(changed ? of_cell(board, picture, model) : json(nullptr));
    }
  }
  for (const auto& model : board.models()) models.push_back(of_model(model));
  const json document{{"pictures", std::move(pictures)}, {"models", std::move(models)}, {"cells", std::move(cells)},
                      {"selected", of_place(state.selected)}, {"enlarged", of_place(state.enlarged)},
                      {"compared", state.compared ? json(*state.compared) : json(nullptr)},
                      {"notice", state.notice}, {"pending", state.agreements.pending()}};
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace effcam::wasm
