#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compare/lettering.h"
#include "compare/report.h"
#include "model/model.h"

namespace effcam::compare {
namespace {

CellResult sample_result() {
  CellResult result;
  result.top = {{2, "tabby", 3.25f, 0.75f}, {0, "fox", 1.5f, 0.25f}};
  result.target = result.top[0];
  result.against.index = -1;
  result.layer = "head";
  result.method = "grad-cam";
  result.map = {2, 2, {0.0f, 0.1f, 0.2f, 0.7f}};
  result.seen = {32, 32, std::vector<std::uint8_t>(32 * 32 * 3, 90)};
  result.logits = {1.5f, -2.0f, 3.25f};
  result.ms = {1.5, 20.25, 0.125};
  return result;
}

TEST(JsonReport, HasTheDocumentedKeys) {
  const CellResult result = sample_result();
  const std::vector<ReportCell> cells = {{"a.jpg", "b0.st", "EfficientNet-B0", &result, ""},
                                         {"b.jpg", "b0.st", "", nullptr, "b.jpg: truncated"}};
  const auto json = nlohmann::json::parse(to_json(cells, {.logits = true, .maps = true}));
  ASSERT_EQ(json.at("results").size(), 2u);
  const auto& first = json["results"][0];
  EXPECT_EQ(first.at("image"), "a.jpg");
  EXPECT_EQ(first.at("model"), "b0.st");
  EXPECT_EQ(first.at("variant"), "EfficientNet-B0");
  EXPECT_EQ(first.at("top")[1], (nlohmann::json{{"index", 0}, {"label", "fox"}, {"logit", 1.5}, {"probability", 0.25}}));
  EXPECT_EQ(first.at("target"), (nlohmann::json{{"index", 2}, {"label", "tabby"}}));
  EXPECT_FALSE(first.contains("against"));
  EXPECT_FALSE(first.contains("error"));
  EXPECT_EQ(first.at("layer"), "head");
  EXPECT_EQ(first.at("method"), "grad-cam");
  EXPECT_EQ(first.at("ms"), (nlohmann::json{{"decode", 1.5}, {"forward", 20.25}, {"map", 0.125}}));
  EXPECT_EQ(first.at("logits").size(), 3u);
  EXPECT_EQ(first.at("map").at("height"), 2);
  EXPECT_EQ(first.at("map").at("values")[3].get<float>(), 0.7f);
  EXPECT_EQ(json["results"][1].at("error"), "b.jpg: truncated");
  EXPECT_FALSE(json["results"][1].contains("top"));
}

TEST(JsonReport, LeavesOutWhatIsNotAskedFor) {
  const CellResult result = sample_result();
  const std::vector<ReportCell> cells = {{"a.jpg", "b0.st", "EfficientNet-B0", &result, ""}};
  const auto json = nlohmann::json::parse(to_json(cells, {}));
  EXPECT_FALSE(json["results"][0].contains("logits"));
  EXPECT_FALSE(json["results"][0].contains("map"));
}

TEST(GridPicture, HasARowAPictureAndAColumnAModel) {
  const CellResult result = sample_result();
  PictureInfo info{40, 30, {40, 30, std::vector<std::uint8_t>(40 * 30 * 3, 200)}, 1};
  const std::vector<GridRow> rows = {{"a.jpg", &info}, {"b.jpg", nullptr}};
  const std::vector<std::string> models = {"one", "two"};
  const std::vector<ReportCell> cells = {{"a.jpg", "one", "B0", &result, ""}, {"a.jpg", "two", "", nullptr, "no such file"},
                                         {"b.jpg", "one", "B0", nullptr, "damaged"}, {"b.jpg", "two", "", nullptr, "no such file"}};
  const image::Image grid = draw_grid(rows, models, cells, {.cell = 64});
  EXPECT_EQ(grid.width, 4 + 3 * 68);
  EXPECT_EQ(grid.height, 4 + 2 * 68);
  ASSERT_EQ(grid.rgb.size(), static_cast<std::size_t>(grid.width) * grid.height * 3);
  const auto pixel = [&](int x, int y) { return grid.rgb[(static_cast<std::size_t>(y) * grid.width + x) * 3]; };
  EXPECT_EQ(pixel(36, 40), 200) << "the picture itself";
  EXPECT_NE(pixel(72 + 50, 60), 24) << "the overlay";
  EXPECT_EQ(pixel(140 + 32, 60), 24) << "nothing where there is no result";
}

TEST(Lettering, DrawsAndStaysInside) {
  image::Image picture{60, 20, std::vector<std::uint8_t>(60 * 20 * 3, 128)};
  draw_text(picture, 1, 1, 14, 58, "Église × 1");
  EXPECT_GT(std::ranges::count_if(picture.rgb, [](std::uint8_t v) { return v > 220; }), 30);
  const image::Image before = picture;
  draw_text(picture, 100, 1, 14, 58, "outside");
  draw_text(picture, 1, 1, 14, 0, "no room");
  EXPECT_EQ(before.rgb, picture.rgb);
  draw_text(picture, 0, 0, 14, 60, "\xff\xc3\xe2\x82 broken UTF-8 that goes on and on");  // no crash
}

}  // namespace
}  // namespace effcam::compare

namespace effcam::model {
namespace {

TEST(Predictions, SoftmaxAndTop) {
  const std::vector<float> logits = {1000.0f, 1001.0f, 1001.0f, -1000.0f};
  const std::vector<Prediction> best = top(logits, 10);
  ASSERT_EQ(best.size(), 4u);
  EXPECT_EQ(best[0].index, 1);
  EXPECT_EQ(best[1].index, 2);
  EXPECT_NEAR(best[0].probability, 1 / (2 + std::exp(-1.0)), 1e-6);
  EXPECT_EQ(best[3].probability, 0);
}

TEST(Predictions, ClassesByIndexNameOrPart) {
  const std::vector<std::string> labels = {"tench, Tinca tinca", "goldfish", "great white shark", "tiger shark", "shark"};
  EXPECT_EQ(find_class("3", labels).value_or(-1), 3);
  EXPECT_EQ(find_class("GoldFish", labels).value_or(-1), 1);
  EXPECT_EQ(find_class("tinca tinca", labels).value_or(-1), 0);
  EXPECT_EQ(find_class("shark", labels).value_or(-1), 4);
  EXPECT_EQ(find_class("tiger", labels).value_or(-1), 3);
  EXPECT_NE(find_class("sha", labels).error().message.find("tiger shark"), std::string::npos);
  EXPECT_NE(find_class("5", labels).error().message.find("0 to 4"), std::string::npos);
  EXPECT_FALSE(find_class("", labels).has_value());
  EXPECT_FALSE(find_class("unicorn", labels).has_value());
  EXPECT_FALSE(find_class("99999999999999", labels).has_value());
}

TEST(Predictions, ImageNetsLabels) {
  ASSERT_EQ(imagenet_labels().size(), 1000u);
  EXPECT_EQ(imagenet_labels()[0], "tench");
  EXPECT_EQ(imagenet_labels()[999], "toilet tissue");
}

}  // namespace
}  // namespace effcam::model
