#include "compare/agreement_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace effcam::compare {
namespace {

using nlohmann::json;

CellResult cell(const std::string& label, const std::vector<float>& map) {
  CellResult result;
  result.top = {{0, label, 1, 0.5f}};
  result.target = result.top[0];
  result.against.index = -1;
  result.map = {1, 2, map};
  result.flat = cam::is_flat(result.map);
  result.seen = {16, 16, std::vector<std::uint8_t>(16 * 16 * 3, 90)};
  result.box = {8, 0, 16, 16};
  return result;
}

// Two images, two models: one that they agree on, and one with another class and a flat map; a third could not be read.
class AgreementReport : public testing::Test {
 protected:
  CellResult a0_ = cell("cat", {0, 1}), a1_ = cell("Cat", {1, 3}), b0_ = cell("cat", {0, 1}), b1_ = cell("fox", {0, 0});
  std::vector<ReportCell> cells_ = {{"a.jpg", "m/one.safetensors", "B0", &a0_, ""},
                                    {"a.jpg", "m/two.safetensors", "B1", &a1_, ""},
                                    {"b.jpg", "m/one.safetensors", "B0", &b0_, ""},
                                    {"b.jpg", "m/two.safetensors", "B1", &b1_, ""},
                                    {"c.jpg", "m/one.safetensors", "", nullptr, "damaged"},
                                    {"c.jpg", "m/two.safetensors", "", nullptr, "damaged"}};
  AgreementTable table_ = agreement_table(cells_, 2);
};

TEST_F(AgreementReport, HasTheDocumentedKeys) {
  const json document = json::parse(to_json(cells_, {.maps = true}, &table_));
  EXPECT_EQ(document.at("results").size(), 6u);
  ASSERT_EQ(document.at("agreement").size(), 3u);
  const json& first = document["agreement"][0];
  EXPECT_EQ(first.at("image"), "a.jpg");
  const json models = {"m/one.safetensors", "m/two.safetensors"};
  EXPECT_EQ(first.at("pairs"), json::array({{{"models", models}, {"pearson", 1}, {"rank", 1}, {"iou", 1}, {"same_class", true}}}));
  EXPECT_EQ(first.at("majority"), (json{{"label", "cat"}, {"models", models}}));
  EXPECT_EQ(first.at("consensus").at("height"), 64);
  EXPECT_EQ(first.at("consensus").at("width"), 64);
  ASSERT_EQ(first.at("consensus").at("values").size(), 4096u);
  EXPECT_EQ(first["consensus"]["values"][63], 1);
  EXPECT_EQ(first.at("disagreement").at("values")[63], 0);
}

TEST_F(AgreementReport, WhatIsUndefinedIsNull) {
  const json document = json::parse(to_json(cells_, {.maps = true}, &table_));
  const json& second = document["agreement"][1];
  EXPECT_EQ(second.at("pairs")[0].at("pearson"), nullptr);
  EXPECT_EQ(second.at("pairs")[0].at("rank"), nullptr);
  EXPECT_EQ(second.at("pairs")[0].at("iou"), nullptr);
  EXPECT_EQ(second.at("pairs")[0].at("same_class"), false);
  EXPECT_EQ(second.at("majority"), nullptr);
  EXPECT_EQ(second.at("consensus"), nullptr);
  EXPECT_EQ(second.at("disagreement"), nullptr);
  EXPECT_EQ(document["agreement"][2], (json{{"image", "c.jpg"}, {"pairs", json::array()}, {"majority", nullptr},
                                            {"consensus", nullptr}, {"disagreement", nullptr}}));
}

TEST_F(AgreementReport, TheMeanCountsWhatThereIs) {
  const json document = json::parse(to_json(cells_, {}, &table_));
  EXPECT_EQ(document.at("agreement_mean"),
            json::array({{{"models", {"m/one.safetensors", "m/two.safetensors"}}, {"pearson", 1}, {"rank", 1},
                          {"iou", 1}, {"same_class", 0.5}, {"images", 2}, {"maps", 1}}}));
  EXPECT_FALSE(document["agreement"][0].contains("consensus")) << "maps were not asked for";
  EXPECT_FALSE(json::parse(to_json(cells_, {})).contains("agreement"));
}

TEST_F(AgreementReport, AsText) {
  EXPECT_EQ(agreement_text(table_),
            "agreement    pearson    rank     iou  class\n"
            "a.jpg: 2 of 2 say cat\n"
            "  one, two     1.000   1.000   1.000  same\n"
            "b.jpg: Both differ\n"
            "  one, two         –       –       –  differ\n"
            "c.jpg: fewer than two models have answered\n"
            "mean of 2 images\n"
            "  one, two     1.000   1.000   1.000  50 % same of 2 images, maps of 1\n");
}

TEST_F(AgreementReport, NamesThatTellModelsApart) {
  for (ReportCell& each : cells_) each.model = each.model == "m/one.safetensors" ? "x/b0.safetensors" : "y/b0.safetensors";
  EXPECT_NE(agreement_text(agreement_table(cells_, 2)).find("x/b0.safetensors, y/b0.safetensors"), std::string::npos);
}

TEST_F(AgreementReport, TwoMoreColumnsOfTheGrid) {
  const PictureInfo info{32, 16, {32, 16, std::vector<std::uint8_t>(32 * 16 * 3, 200)}, 1};
  const std::vector<GridRow> rows = {{"a.jpg", &info}, {"b.jpg", &info}, {"c.jpg", nullptr}};
  const std::vector<std::string> models = {"one", "two"};
  const image::Image grid = draw_grid(rows, models, cells_, {.cell = 64}, &table_);
  EXPECT_EQ(grid.width, 4 + 5 * 68);
  const auto pixel = [&](int column, int row, int x, int y) {
    const std::size_t at = (static_cast<std::size_t>(4 + row * 68 + y) * grid.width + 4 + column * 68 + x) * 3;
    return std::vector<int>{grid.rgb[at], grid.rgb[at + 1], grid.rgb[at + 2]};
  };
  // Both maps rise from 0 at the left to 1 at the right, on grey 200: half of jet's ends, (0, 0, 128) and (128, 0, 0).
  EXPECT_EQ(pixel(3, 0, 1, 60), (std::vector<int>{100, 100, 164}));
  EXPECT_EQ(pixel(3, 0, 62, 60), (std::vector<int>{164, 100, 100}));
  EXPECT_EQ(pixel(4, 0, 62, 60), (std::vector<int>{100, 100, 164})) << "nowhere do they disagree";
  EXPECT_EQ(pixel(3, 1, 62, 60), (std::vector<int>{24, 24, 24})) << "undefined";
  EXPECT_EQ(draw_grid(rows, models, cells_, {.cell = 64}).width, 4 + 3 * 68);
}

}  // namespace
}  // namespace effcam::compare
