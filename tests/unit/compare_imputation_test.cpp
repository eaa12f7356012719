// The imputation of removed pixels against hand computed cells, a dense solver and what its equations promise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "base/text.h"
#include "compare/imputation.h"

namespace effcam::compare {
namespace {

struct Holes {
  int height, width;
  std::vector<float> values;          // height × width × 3
  std::vector<std::uint8_t> removed;  // height × width

  [[nodiscard]] bool inside(int y, int x) const { return y >= 0 && x >= 0 && y < height && x < width; }
  [[nodiscard]] std::size_t pixel(int y, int x) const { return static_cast<std::size_t>(y * width + x); }
  [[nodiscard]] float at(int y, int x, int channel) const {
    return values[pixel(y, x) * 3 + static_cast<std::size_t>(channel)];
  }
  void impute() { compare::impute(values, height, width, removed); }
};

using Colour = std::function<double(int y, int x, int channel)>;
using Removed = std::function<bool(int y, int x)>;

// Removed pixels start as values that nothing may read.
Holes holes(int height, int width, const Colour& colour, const Removed& removed) {
  Holes result{height, width, {}, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool gone = removed(y, x);
      result.removed.push_back(gone ? 1 : 0);
      for (int channel = 0; channel < 3; ++channel) {
        result.values.push_back(gone ? std::numeric_limits<float>::quiet_NaN()
                                     : static_cast<float>(colour(y, x, channel)));
      }
    }
  }
  return result;
}

double weight(int dy, int dx) { return dy == 0 || dx == 0 ? 1.0 / 6 : 1.0 / 12; }

// Calls `use` with every neighbour inside the picture and its weight.
void neighbours(const Holes& h, int y, int x, const std::function<void(int, int, double)>& use) {
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      if ((dy != 0 || dx != 0) && h.inside(y + dy, x + dx)) use(y + dy, x + dx, weight(dy, dx));
    }
  }
}

// The largest difference between a removed pixel and the weighted mean of its neighbours.
double defect(const Holes& h) {
  double worst = 0;
  for (int i = 0; i < h.height * h.width * 3; ++i) {
    const int channel = i % 3, x = i / 3 % h.width, y = i / 3 / h.width;
    if (!h.removed[h.pixel(y, x)]) continue;
    double sum = 0, total = 0;
    neighbours(h, y, x, [&](int ny, int nx, double w) {
      sum += w * h.at(ny, nx, channel);
      total += w;
    });
    const double difference = std::abs(h.at(y, x, channel) - sum / total);
    worst = difference <= worst ? worst : difference;  // a NaN is the worst
  }
  return worst;
}

// The system of one channel by Gaussian elimination with pivots; known pixels are equations x = v.
std::vector<double> solve_dense(const Holes& h, int channel) {
  const std::size_t n = h.removed.size();
  std::vector<std::vector<double>> rows(n, std::vector<double>(n + 1));
  for (int y = 0; y < h.height; ++y) {
    for (int x = 0; x < h.width; ++x) {
      const std::size_t i = h.pixel(y, x);
      rows[i][i] = 1;
      if (!h.removed[i]) {
        rows[i][n] = h.at(y, x, channel);
        continue;
      }
      double total = 0;
      neighbours(h, y, x, [&](int, int, double w) { total += w; });
      neighbours(h, y, x, [&](int ny, int nx, double w) { rows[i][h.pixel(ny, nx)] = -w / total; });
    }
  }
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t r = column; r < n; ++r) {
      if (std::abs(rows[r][column]) > std::abs(rows[pivot][column])) pivot = r;
    }
    std::swap(rows[pivot], rows[column]);
    for (std::size_t r = 0; r < n; ++r) {
      const double factor = r == column ? 0 : rows[r][column] / rows[column][column];
      for (std::size_t k = column; factor != 0 && k <= n; ++k) rows[r][k] -= factor * rows[column][k];
    }
  }
  std::vector<double> result;
  for (std::size_t i = 0; i < n; ++i) result.push_back(rows[i][n] / rows[i][i]);
  return result;
}

// 3 × 3: values 0…8 row by row, times 1, 10 and −1 in the channels; one pixel removed.
TEST(Imputation, GivesASinglePixelTheMeanOfItsNeighbours) {
  const auto guess = [](int y, int x) {
    const double factors[] = {1, 10, -1};
    Holes h = holes(
        3, 3, [&](int row, int column, int channel) { return (row * 3 + column) * factors[channel]; },
        [=](int row, int column) { return row == y && column == x; });
    h.impute();
    EXPECT_NEAR(h.at(y, x, 1), 10 * h.at(y, x, 0), 1e-4);
    EXPECT_NEAR(h.at(y, x, 2), -h.at(y, x, 0), 1e-5);
    return h.at(y, x, 0);
  };
  EXPECT_NEAR(guess(1, 1), 4, 1e-5);
  EXPECT_NEAR(guess(0, 0), (1 * 2 + 3 * 2 + 4 * 1) / 5.0, 1e-5);                  // a corner: weights 2, 2, 1
  EXPECT_NEAR(guess(0, 1), (0 * 2 + 2 * 2 + 4 * 2 + 3 * 1 + 5 * 1) / 8.0, 1e-5);  // the upper edge
  EXPECT_NEAR(guess(1, 2), (2 * 2 + 8 * 2 + 4 * 2 + 1 * 1 + 7 * 1) / 8.0, 1e-5);  // the right edge
  EXPECT_NEAR(guess(2, 2), (7 * 2 + 5 * 2 + 4 * 1) / 5.0, 1e-5);
}

// A plane is its own mean everywhere, so that a hole that touches no border is filled with it.
TEST(Imputation, ContinuesALinearRamp) {
  const Colour ramp = [](int y, int x, int channel) { return 0.3 * x - 0.2 * y * (channel + 1) + channel; };
  const Holes whole = holes(20, 17, ramp, [](int, int) { return false; });
  Holes h = holes(20, 17, ramp, [](int y, int x) { return y > 0 && y < 19 && x > 0 && x < 16; });
  h.impute();
  for (std::size_t i = 0; i < h.values.size(); ++i) EXPECT_NEAR(h.values[i], whole.values[i], 2e-3) << i;
}

TEST(Imputation, AgreesWithADenseSolver) {
  std::mt19937 random(5);
  const int sizes[][2] = {{8, 8}, {7, 5}, {1, 9}, {9, 1}, {2, 2}, {3, 11}};
  for (const auto& [height, width] : sizes) {
    for (unsigned known : {1u, 10u, 30u, 60u, 95u}) {
      SCOPED_TRACE(text(height, "×", width, ", ", known, " % known"));
      const Colour colour = [&](int, int, int) { return static_cast<double>(random() % 4001) / 1000 - 2; };
      // At least one pixel is known, of 1 % only that one.
      Holes h = holes(height, width, colour, [&, last = height * width - 1, width = width](int y, int x) {
        return y * width + x != last / 2 && (known == 1 || random() % 100 >= known);
      });
      const std::vector<double> expected[] = {solve_dense(h, 0), solve_dense(h, 1), solve_dense(h, 2)};
      h.impute();
      for (std::size_t i = 0; i < h.values.size(); ++i) {
        ASSERT_NEAR(h.values[i], expected[i % 3][i / 3], 1e-3) << "pixel " << i / 3 << ", channel " << i % 3;
      }
    }
  }
}

TEST(Imputation, LeavesKnownPixelsAlone) {
  std::mt19937 random(6);
  const Colour colour = [](int y, int x, int channel) { return std::sin(y * 7 + x * 3 + channel); };
  const Holes whole = holes(13, 10, colour, [](int, int) { return false; });
  Holes h = holes(13, 10, colour, [&](int, int) { return random() % 2 == 0; });
  h.impute();
  for (std::size_t i = 0; i < h.values.size(); ++i) {
    if (!h.removed[i / 3]) {
      EXPECT_EQ(h.values[i], whole.values[i]);
    }
  }
  Holes untouched = whole;
  untouched.impute();
  EXPECT_EQ(untouched.values, whole.values);
}

TEST(Imputation, IsTheMeanColourWhereNothingIsKnown) {
  for (const auto& [height, width] : {std::pair{1, 1}, {5, 6}}) {
    Holes h = holes(height, width, {}, [](int, int) { return true; });
    h.impute();
    EXPECT_EQ(h.values, std::vector<float>(h.values.size(), 0.0f));
  }
}

// One known colour is the guess everywhere, however far away.
TEST(Imputation, SpreadsASingleKnownPixel) {
  const Colour colour = [](int, int, int channel) { return 1.0 + channel; };
  Holes h = holes(300, 400, colour, [](int y, int x) { return y != 299 || x != 0; });
  h.impute();
  for (std::size_t i = 0; i < h.values.size(); ++i) ASSERT_NEAR(h.values[i], 1.0 + static_cast<double>(i % 3), 2e-3);
}

// Large holes need the coarse grids: without them (or with wrong ones) the steps run out far from the solution.
TEST(Imputation, FillsLargeHoles) {
  for (int side : {224, 241}) {
    const double centre = (side - 1) / 2.0, radius = side * std::sqrt(0.8 / std::numbers::pi);
    const auto distance = [=](int y, int x) { return std::hypot(y - centre, x - centre); };
    const Colour ramp = [=](int y, int x, int channel) { return 4.0 * (channel == 1 ? x : y) / side - 2; };
    Holes h = holes(side, side, ramp, [&](int y, int x) {
      return distance(y, x) < radius && y > 0 && x > 0 && y < side - 1 && x < side - 1;
    });
    h.impute();
    EXPECT_LT(defect(h), 5e-4);
    double worst = 0;
    for (int i = 0; i < side * side; ++i) {
      for (int c = 0; c < 3; ++c) {
        worst = std::max(worst, std::abs(h.at(i / side, i % side, c) - ramp(i / side, i % side, c)));
      }
    }
    EXPECT_LT(worst, 0.01) << side;
  }
}

// No guess leaves the range of what is known, and all of them solve their equations: scattered pixels, a strip at the
// border, a cross, spots.
TEST(Imputation, SolvesItsEquationsForEveryShapeOfHole) {
  std::mt19937 random(7);
  const Removed shapes[] = {
      [&](int, int) { return random() % 5 != 0; },
      [](int, int x) { return x >= 30; },
      [](int y, int x) { return y != 40 && x != 75; },
      [](int y, int x) { return std::sin(0.2 * x + 3 * std::sin(0.1 * y)) * std::cos(0.15 * y) < 0.5; },
  };
  const Colour colour = [](int y, int x, int c) { return std::sin(0.1 * x * (c + 1)) + std::cos(0.3 * y); };
  for (const Removed& shape : shapes) {
    Holes h = holes(151, 150, colour, shape);
    h.impute();
    EXPECT_LT(defect(h), 2e-3);
    for (float value : h.values) ASSERT_LE(std::abs(value), 2.005f);
    Holes again = h;  // what removed pixels hold does not matter
    again.impute();
    EXPECT_EQ(again.values, h.values);
  }
}

}  // namespace
}  // namespace effcam::compare
