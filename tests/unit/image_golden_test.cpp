// Against Pillow's pixels (scripts/make_image_goldens.py).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "image/image.h"
#include "support/files.h"

namespace effcam::image {
namespace {

std::filesystem::path folder() { return test::golden_folder() / "image"; }

std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path) {
  const auto bytes = test::read_file(path);
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

Image load(const std::filesystem::path& path) {
  auto image = decode(test::read_file(path));
  EXPECT_TRUE(image) << path << ": " << image.error().message;
  return image ? std::move(*image) : Image{};
}

// The greatest difference of any colour; −1 when the sizes differ.
int difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.rgb.size() != b.rgb.size()) return -1;
  int greatest = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) greatest = std::max(greatest, std::abs(a.rgb[i] - b.rgb[i]));
  return greatest;
}

// One level is promised; none was found, and so none is allowed.
void expect_same(const Image& made, const Image& expected) {
  EXPECT_EQ(difference(made, expected), 0) << made.width << " × " << made.height << ", expected " << expected.width
                                           << " × " << expected.height;
}

const Image& source(const std::string& name) {
  static std::map<std::string, Image> sources;
  if (!sources.contains(name)) sources[name] = load(folder() / ("source_" + name + ".png"));
  return sources[name];
}

Filter filter_of(const std::string& name) {
  return name == "nearest" ? Filter::nearest : name == "bilinear" ? Filter::bilinear : Filter::bicubic;
}

Fit fit_of(const std::string& name) {
  return name == "warp" ? Fit::warp : name == "crop_then_resize" ? Fit::crop_then_resize : Fit::resize_then_crop;
}

TEST(ImageGolden, Decode) {
  const auto rows = read_csv(folder() / "decode.csv");
  ASSERT_GT(rows.size(), 20u);
  for (const auto& row : rows) {
    SCOPED_TRACE(row[0]);
    expect_same(load(folder() / row[0]), load(folder() / "expected" / (row[0] + ".png")));
  }
}

TEST(ImageGolden, ExifOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(test::read_file(folder() / text("exif", orientation, ".jpg"))), orientation);
  }
  EXPECT_EQ(exif_orientation(test::read_file(folder() / "444.jpg")), 1);
}

TEST(ImageGolden, Resize) {
  for (const auto& row : read_csv(folder() / "resize.csv")) {
    SCOPED_TRACE("resized/" + row[0] + ".png");
    const Box box{std::stod(row[5]), std::stod(row[6]), std::stod(row[7]), std::stod(row[8])};
    const Image made = resize(source(row[1]), std::stoi(row[3]), std::stoi(row[4]), filter_of(row[2]), box);
    expect_same(made, load(folder() / "resized" / (row[0] + ".png")));
  }
}

TEST(ImageGolden, Prepare) {
  for (const auto& row : read_csv(folder() / "prepare.csv")) {
    SCOPED_TRACE("prepared/" + row[0] + ".png");
    Preprocessing how;
    how.size = std::stoi(row[2]);
    how.resize = std::stoi(row[3]);
    how.fit = fit_of(row[4]);
    how.filter = filter_of(row[5]);
    const Input input = prepare(source(row[1]), how);
    expect_same(input.seen, load(folder() / "prepared" / (row[0] + ".png")));
    ASSERT_EQ(input.values.size(), input.seen.rgb.size());
    for (std::size_t i = 0; i < input.values.size(); ++i) {
      ASSERT_NEAR(input.values[i], (input.seen.rgb[i] / 255.0 - how.mean[i % 3]) / how.std[i % 3], 1e-6);
    }
  }
}

// labels.csv quotes cells that hold commas.
std::vector<std::string> split_quoted(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

TEST(ImageShared, EveryPhotographDecodes) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  const auto csv = test::read_file(test::shared_folder() / "images" / "labels.csv");
  std::istringstream lines(std::string(csv.begin(), csv.end()));
  std::string line;
  std::getline(lines, line);
  const auto header = split_quoted(line);
  ASSERT_EQ(header[6], "width");
  ASSERT_EQ(header[9], "exif_orientation");
  int photographs = 0;
  for (; std::getline(lines, line); ++photographs) {
    const auto cells = split_quoted(line);
    SCOPED_TRACE(cells[0]);
    const auto bytes = test::read_file(test::shared_folder() / "images" / cells[0]);
    const int orientation = cells[9].empty() ? 1 : std::stoi(cells[9]);
    EXPECT_EQ(exif_orientation(bytes), orientation);
    const auto image = decode(bytes);
    ASSERT_TRUE(image) << image.error().message;
    // As stored: an orientation from 5 on swaps the sides.
    EXPECT_EQ(orientation >= 5 ? image->height : image->width, std::stoi(cells[6]));
    EXPECT_EQ(orientation >= 5 ? image->width : image->height, std::stoi(cells[7]));
  }
  EXPECT_GT(photographs, 50);
}

TEST(ImageShared, TurnedPhotographsAreUpright) {
  if (!test::has_shared()) GTEST_SKIP() << test::kNoShared;
  const auto photographs = test::shared_folder() / "images";
  const Image upright = load(photographs / "n04146614_school_bus.jpg");
  for (const char* turned : {"derived_exif3_school_bus.jpg", "derived_exif5_school_bus.jpg",
                             "derived_exif6_school_bus.jpg", "derived_exif8_school_bus.jpg"}) {
    const Image image = load(photographs / turned);
    ASSERT_EQ(image.rgb.size(), upright.rgb.size()) << turned;
    double sum = 0;
    for (std::size_t i = 0; i < image.rgb.size(); ++i) sum += std::abs(image.rgb[i] - upright.rgb[i]);
    EXPECT_LT(sum / static_cast<double>(image.rgb.size()), 8) << turned;  // encoded a second time
  }
}

}  // namespace
}  // namespace effcam::image
