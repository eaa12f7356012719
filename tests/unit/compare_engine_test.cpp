// The board and its engine together, over the wire, on a small synthetic model: what a page and its worker do.
#include <gtest/gtest.h>

#include <algorithm>

#include "compare/board.h"
#include "compare/wire.h"
#include "support/synthetic.h"

namespace effcam::compare {
namespace {

using efficientnet::Layer;

image::Image picture(int width, int height, int seed) {
  image::Image made{width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) made.rgb.push_back(static_cast<std::uint8_t>((i * 7 + i / 50 * seed) % 251));
  return made;
}
std::vector<std::uint8_t> png(int width, int height, int seed) {
  return image::encode_png(picture(width, height, seed)).value();
}

// B0 with ten classes on inputs of 64 pixels.
const std::vector<std::uint8_t>& checkpoint_bytes() {
  static const std::vector<std::uint8_t> bytes = test::synthetic_checkpoint(
      *architecture::find_variant("b0"), 10, 3, checkpoint::Dialect::torchvision);
  return bytes;
}

class EngineTest : public testing::Test {
 protected:
  EngineTest() : board_([this](Command command) { send(std::move(command)); }) {
    board_.on_model_wanted = [this](const ModelWanted& wanted) { wanted_.push_back(wanted); };
  }

  // Every command goes through its bytes, as between a page and its worker.
  void send(Command command) {
    Result<Command> arrived = decode_command(encode(command));
    ASSERT_TRUE(arrived.has_value()) << arrived.error().message;
    worker_.handle(std::move(*arrived));
  }
  bool step() {
    std::vector<Event> events;
    const bool more = worker_.step(events);
    for (const Event& event : events) {
      Result<Event> arrived = decode_event(encode(event));
      EXPECT_TRUE(arrived.has_value());
      if (arrived) board_.apply(std::move(*arrived));
    }
    return more;
  }
  void work() {
    while (step()) {
    }
  }
  Id add_model(const std::string& name = "small.safetensors") {
    return board_.add_model(name, checkpoint_bytes(), {.size = 64});
  }

  Worker worker_{1};
  Board board_;
  // What the owner of the files does.
  void send_wanted() {
    ASSERT_EQ(wanted_.size(), 1u);
    const auto [model, gradients, precision] = wanted_.front();
    wanted_.clear();
    send(AddModel{model, "small.safetensors", checkpoint_bytes(),
                  {.gradients = gradients, .precision = precision, .size = 64}});
    work();
  }

  std::vector<ModelWanted> wanted_;
};

TEST_F(EngineTest, EveryPictureMeetsEveryModel) {
  const Id a = board_.add_picture("a.png", png(80, 60, 1)), b = board_.add_picture("b.png", png(64, 64, 2));
  const Id one = add_model(), two = add_model("again.safetensors");
  work();
  EXPECT_EQ(board_.unfinished(), 0);
  for (const Id p : {a, b})
    for (const Id m : {one, two}) {
      const Cell* cell = board_.cell(p, m);
      ASSERT_TRUE(cell && cell->result);
      EXPECT_EQ(cell->stage, Stage::ready);
      EXPECT_EQ(cell->result->top.size(), 5u);
      EXPECT_EQ(cell->result->target.index, cell->result->top[0].index);
      EXPECT_EQ(cell->result->seen.width, 64);
      EXPECT_EQ(cell->result->map.values.size(), 4u);
      EXPECT_EQ(cell->result->layer, "head");
      EXPECT_GT(cell->result->ms.forward, 0);
    }
  EXPECT_EQ(board_.cell(a, one)->result->top[0].logit, board_.cell(a, two)->result->top[0].logit);
  EXPECT_EQ(board_.pictures()[0].info.width, 80);
  EXPECT_EQ(board_.models()[0].info.variant, "EfficientNet-B0");
}

TEST_F(EngineTest, ABadFileSpoilsItsOwnCellsOnly) {
  const Id bad = board_.add_picture("bad.jpg", {1, 2, 3}), good = board_.add_picture("good.png", png(70, 70, 1));
  const Id broken = board_.add_model("broken.safetensors", {9, 9, 9}), model = add_model();
  work();
  EXPECT_EQ(board_.pictures()[0].stage, Stage::failed);
  EXPECT_NE(board_.pictures()[0].error.find("bad.jpg"), std::string::npos) << board_.pictures()[0].error;
  EXPECT_EQ(board_.models()[0].stage, Stage::failed);
  EXPECT_NE(board_.models()[0].error.find("broken.safetensors"), std::string::npos);
  EXPECT_EQ(board_.cell(bad, model), nullptr);
  EXPECT_EQ(board_.cell(good, broken), nullptr);
  ASSERT_NE(board_.cell(good, model), nullptr);
  EXPECT_EQ(board_.cell(good, model)->stage, Stage::ready);
}

TEST_F(EngineTest, LayersBeforeTheHeadWaitForAModelWithGradients) {
  const Id p = board_.add_picture("a.png", png(64, 64, 1)), m = add_model();
  work();
  const auto before = board_.cell(p, m)->result;
  board_.set_request({.target = "3", .layers = {{Layer::Kind::stage, 5}}, .method = cam::Method::layer_cam});
  work();
  ASSERT_EQ(wanted_.size(), 1u);
  EXPECT_EQ(wanted_.front().model, m);
  EXPECT_TRUE(wanted_.front().gradients);
  EXPECT_EQ(board_.cell(p, m)->stage, Stage::waiting);
  EXPECT_EQ(board_.cell(p, m)->result, before) << "the old result stays until there is a new one";
  send_wanted();
  const auto after = board_.cell(p, m)->result;
  ASSERT_NE(after, before);
  EXPECT_EQ(after->target.index, 3);
  EXPECT_EQ(after->layer, "stage5");
  EXPECT_EQ(after->method, "layer-cam");
  EXPECT_EQ(after->map.height, 4);
  EXPECT_EQ(after->top[0].logit, before->top[0].logit);
}

TEST_F(EngineTest, AnotherPrecisionIsForEveryCell) {
  using efficientnet::Precision;
  const Id p = board_.add_picture("a.png", png(64, 64, 1)), q = board_.add_picture("b.png", png(64, 64, 2));
  const Id m = add_model();
  work();
  Request own = board_.request();
  own.layers = {{Layer::Kind::stage, 5}};
  board_.set_cell_request(q, m, own);
  work();
  send_wanted();
  const auto before = board_.cell(p, m)->result;
  EXPECT_EQ(before->precision, Precision::f32);
  board_.set_precision(Precision::int8);
  work();
  EXPECT_EQ(board_.cell(p, m)->result, before) << "nothing is computed in the wrong precision";
  ASSERT_EQ(wanted_.size(), 1u);
  EXPECT_EQ(wanted_.front().precision, Precision::int8);
  EXPECT_TRUE(wanted_.front().gradients) << "a cell would lose its own request's";
  send_wanted();
  for (const Id each : {p, q}) {
    EXPECT_EQ(board_.cell(each, m)->stage, Stage::ready);
    EXPECT_EQ(board_.cell(each, m)->result->precision, Precision::int8);
  }
  EXPECT_NE(board_.cell(p, m)->result->top[0].logit, before->top[0].logit);
  board_.set_precision(Precision::f32);
  work();
  send_wanted();
  EXPECT_EQ(board_.cell(p, m)->result->top[0].logit, before->top[0].logit);
  EXPECT_EQ(board_.unfinished(), 0);
}

TEST_F(EngineTest, EveryMethodCrossesTheWireAndComesBack) {
  const Id p = board_.add_picture("a.png", png(64, 64, 1));
  const Id m = board_.add_model("small.safetensors", checkpoint_bytes(), {.gradients = true, .size = 64});
  work();
  for (int method = 0; method < cam::kMethods; ++method) {
    Request request;
    request.method = static_cast<cam::Method>(method);
    request.layers = {default_layer(request.method)};
    if (request.method == cam::Method::score_cam) request.layers = {{Layer::Kind::stage, 3}};  // few channels
    board_.set_request(request);
    work();
    ASSERT_EQ(board_.cell(p, m)->stage, Stage::ready) << board_.cell(p, m)->error;
    const CellResult& result = *board_.cell(p, m)->result;
    EXPECT_EQ(result.method, cam::method_name(request.method));
    const bool pixels = request.method == cam::Method::saliency || request.method == cam::Method::guided_grad_cam;
    EXPECT_EQ(result.map.height, pixels ? 64 : request.method == cam::Method::score_cam ? 8 : 2) << result.method;
  }
}

TEST_F(EngineTest, SeveralLayersAreOneMapAndACellCanHaveItsOwnRequest) {
  const Id p = board_.add_picture("a.png", png(64, 64, 1)), q = board_.add_picture("b.png", png(64, 64, 2));
  const Id m = add_model();
  work();
  Request own = board_.request();
  own.layers = {{Layer::Kind::head, 0}, {Layer::Kind::head_raw, 0}};
  own.target = "class 2-class 4";
  board_.set_cell_request(p, m, own);
  work();
  EXPECT_EQ(board_.cell(p, m)->result->layer, "head,head.raw");
  EXPECT_EQ(board_.cell(p, m)->result->target.index, 2);
  EXPECT_EQ(board_.cell(p, m)->result->against.index, 4);
  EXPECT_EQ(board_.cell(q, m)->result->layer, "head");
  board_.set_cell_request(p, m, std::nullopt);
  work();
  EXPECT_EQ(board_.cell(p, m)->result->layer, "head");
}

TEST_F(EngineTest, CancellingStopsBetweenBlocks) {
  const Id p = board_.add_picture("a.png", png(64, 64, 1)), m = add_model();
  while (!(board_.cell(p, m) && board_.cell(p, m)->stage == Stage::working)) ASSERT_TRUE(step());
  board_.cancel_all();
  work();
  EXPECT_EQ(board_.cell(p, m)->stage, Stage::cancelled);
  EXPECT_EQ(board_.cell(p, m)->result, nullptr);
  board_.retry(p, m);
  work();
  EXPECT_EQ(board_.cell(p, m)->stage, Stage::ready);
}

TEST_F(EngineTest, WhatIsRemovedInTheMiddleIsGone) {
  const Id p = board_.add_picture("a.png", png(64, 64, 1)), q = board_.add_picture("b.png", png(64, 64, 2));
  const Id m = add_model();
  while (!(board_.cell(p, m) && board_.cell(p, m)->stage == Stage::working)) ASSERT_TRUE(step());
  board_.remove_picture(p);
  work();
  EXPECT_EQ(board_.pictures().size(), 1u);
  EXPECT_EQ(board_.cell(p, m), nullptr);
  EXPECT_EQ(board_.cell(q, m)->stage, Stage::ready);
  board_.remove_model(m);
  work();
  EXPECT_EQ(board_.cell(q, m), nullptr);
  EXPECT_EQ(board_.unfinished(), 0);
}

TEST_F(EngineTest, AnUnknownClassIsASentenceInItsCell) {
  const Id p = board_.add_picture("a.png", png(64, 64, 1)), m = add_model();
  work();
  board_.set_request({.target = "unicorn"});
  work();
  EXPECT_EQ(board_.cell(p, m)->stage, Stage::failed);
  EXPECT_NE(board_.cell(p, m)->error.find("no class 'unicorn'"), std::string::npos) << board_.cell(p, m)->error;
  board_.set_request({.layers = {{Layer::Kind::block, 400}}, .method = cam::Method::eigen_cam});
  work();
  EXPECT_NE(board_.cell(p, m)->error.find("block.400"), std::string::npos) << board_.cell(p, m)->error;
}

// ---- the wire ----------------------------------------------------------------------------------------------------------

TEST(Wire, RefusesWhatItDidNotMake) {
  const std::vector<std::uint8_t> good = encode(Command(Explain{7, 1, 2, {}, true}));
  ASSERT_TRUE(decode_command(good).has_value());
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(decode_command(std::span(good).first(length)).has_value()) << length;
  std::vector<std::uint8_t> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decode_command(longer).has_value());
  EXPECT_FALSE(decode_event(good).has_value()) << "a command is no event";
  EXPECT_FALSE(decode_command(encode(Event(CellReady{1, CellResult{}}))).has_value()) << "an event is no command";
}

TEST(Wire, ErrorsCross) {
  Result<Event> event = decode_event(encode(Event(CellReady{5, std::unexpected(Error{"why", true})})));
  ASSERT_TRUE(event.has_value());
  const CellReady& ready = std::get<CellReady>(*event);
  EXPECT_EQ(ready.cell, 5u);
  ASSERT_FALSE(ready.result.has_value());
  EXPECT_EQ(ready.result.error().message, "why");
  EXPECT_TRUE(ready.result.error().cancelled);
}

}  // namespace
}  // namespace effcam::compare
