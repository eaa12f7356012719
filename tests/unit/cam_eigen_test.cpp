// The eigen methods: what a principal component is, by its properties and by a slow second way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "cam/cam.h"

namespace effcam::cam {
namespace {

struct Matrix {
  int positions, channels;
  std::vector<float> values;
  [[nodiscard]] Field field() const { return {1, positions, channels, values}; }
  float& at(int p, int c) { return values[static_cast<std::size_t>(p * channels + c)]; }
};

Matrix random_matrix(int positions, int channels, unsigned seed) {
  std::mt19937 random(seed);
  Matrix matrix{positions, channels, std::vector<float>(static_cast<std::size_t>(positions * channels))};
  for (float& value : matrix.values) value = static_cast<float>(random() % 2001) / 1000.0f - 0.7f;
  return matrix;
}

std::vector<std::vector<double>> centred(const Matrix& matrix) {
  std::vector rows(static_cast<std::size_t>(matrix.positions),
                   std::vector<double>(static_cast<std::size_t>(matrix.channels)));
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    double mean = 0;
    for (std::size_t p = 0; p < rows.size(); ++p) mean += matrix.values[p * rows[0].size() + c];
    mean /= static_cast<double>(rows.size());
    for (std::size_t p = 0; p < rows.size(); ++p) rows[p][c] = matrix.values[p * rows[0].size() + c] - mean;
  }
  return rows;
}

// The slow way: tens of thousands of power iterations on the positions' Gram matrix. The sign by the documented rule.
std::vector<double> slow_component(const Matrix& matrix) {
  const auto rows = centred(matrix);
  const std::size_t n = rows.size();
  std::vector gram(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < rows[0].size(); ++c) gram[i][j] += rows[i][c] * rows[j][c];
    }
  }
  std::vector<double> u(n);
  for (std::size_t i = 0; i < n; ++i) u[i] = 1.0 + 0.37 * static_cast<double>(i * i % 7);
  double value = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<double> next(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) next[i] += gram[i][j] * u[j];
    }
    value = 0;
    for (double x : next) value += x * x;
    value = std::sqrt(value);
    for (std::size_t i = 0; i < n; ++i) u[i] = next[i] / value;
  }
  double agreement = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (double x : rows[i]) agreement += u[i] * x;
  }
  for (double& x : u) x *= std::sqrt(value) * (agreement < 0 ? -1 : 1);
  return u;
}

std::vector<float> component(const Matrix& matrix) {
  return heat_map(Method::eigen_cam, matrix.field(), {}, Sign::both).values;
}

double largest_of(const std::vector<double>& values) {
  double largest = 0;
  for (double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

TEST(CamEigen, AgreesWithPowerIteration) {
  const int shapes[][2] = {{2, 1}, {2, 9}, {9, 2}, {12, 12}, {30, 7}, {7, 100}, {49, 64}};
  unsigned seed = 3;
  for (const auto& [positions, channels] : shapes) {
    const Matrix matrix = random_matrix(positions, channels, seed++);
    const std::vector<double> expected = slow_component(matrix);
    const std::vector<float> actual = component(matrix);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(actual[i], expected[i], 1e-5 * largest_of(expected)) << positions << "×" << channels << " at " << i;
    }
  }
}

// A rank-one matrix: the component is its column, times the length of its row.
TEST(CamEigen, FindsARankOneMatrixByHand) {
  const float column[] = {-3, 1, 2, 0}, row[] = {3, 4, 0};
  Matrix matrix{4, 3, std::vector<float>(12)};
  for (int p = 0; p < 4; ++p) {
    for (int c = 0; c < 3; ++c) matrix.at(p, c) = column[p] * row[c] + 100;  // the mean does not matter
  }
  const std::vector<float> actual = component(matrix);
  for (std::size_t p = 0; p < 4; ++p) EXPECT_NEAR(actual[p], 5 * column[p], 1e-5);
}

// Channel sums that all vanish say nothing about the sign: the first entry that is not zero is positive.
TEST(CamEigen, FixesTheSignOfATie) {
  Matrix matrix{3, 2, {0, 0, -2, 2, 2, -2}};
  const std::vector<float> actual = component(matrix);
  EXPECT_NEAR(actual[0], 0, 1e-6);
  EXPECT_NEAR(actual[1], std::sqrt(8.0), 1e-5);
  EXPECT_NEAR(actual[2], -std::sqrt(8.0), 1e-5);
}

TEST(CamEigen, TurnsWithTheMatrixsChannelSum) {
  Matrix matrix = random_matrix(20, 6, 9);
  std::vector<float> before = component(matrix);
  for (float& value : matrix.values) value = -value;
  std::vector<float> after = component(matrix);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], -before[i], 1e-5);
}

// Two directions that differ by a part in 10,000: the stronger one wins.
TEST(CamEigen, TellsNearEqualEigenvaluesApart) {
  constexpr int kPositions = 64, kChannels = 40;
  Matrix matrix{kPositions, kChannels, std::vector<float>(kPositions * kChannels)};
  std::mt19937 random(4);
  for (int p = 0; p < kPositions; ++p) {
    matrix.at(p, 3) = p % 2 ? 1.0001f : -1.0001f;
    matrix.at(p, 17) = p / 2 % 2 ? 1.0f : -1.0f;
    for (int c = 20; c < 40; ++c) matrix.at(p, c) = (p >> (c % 4 + 2)) % 2 ? 0.2f : -0.2f;
  }
  const std::vector<float> actual = component(matrix);
  for (int p = 0; p < kPositions; ++p) {
    EXPECT_NEAR(std::abs(actual[static_cast<std::size_t>(p)]), 1.0001, 1e-3) << p;
    EXPECT_NEAR(actual[static_cast<std::size_t>(p)], p % 2 ? 1.0001 : -1.0001, 1e-3) << p;
  }
}

TEST(CamEigen, IsZeroWhereEveryPositionIsTheSame) {
  Matrix matrix{6, 4, {}};
  for (int i = 0; i < 24; ++i) matrix.values.push_back(0.1f * static_cast<float>(i % 4 + 1));
  for (float value : component(matrix)) EXPECT_EQ(value, 0);
  Matrix one = random_matrix(1, 8, 1);
  for (float value : component(one)) EXPECT_EQ(value, 0);
}

TEST(CamEigen, EigenGradCamIsTheComponentOfTheProduct) {
  const Matrix a = random_matrix(25, 30, 21), g = random_matrix(25, 30, 22);
  Matrix product = a;
  for (std::size_t i = 0; i < product.values.size(); ++i) product.values[i] *= g.values[i];
  const std::vector<float> expected = component(product);
  const std::vector<float> actual = heat_map(Method::eigen_grad_cam, a.field(), g.field(), Sign::both).values;
  const float largest = *std::ranges::max_element(expected);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-5 * largest);
}

// A large matrix without structure, which is the hardest: still with the properties of an eigenvector: M·Mᵀ·u = λ·u.
TEST(CamEigen, ManagesALargeMatrix) {
  constexpr int kPositions = 1500, kChannels = 1280;
  Matrix matrix = random_matrix(kPositions, kChannels, 31);
  const std::vector<float> u = component(matrix);
  const auto rows = centred(matrix);
  std::vector<double> across(kChannels), back(kPositions);
  for (std::size_t p = 0; p < rows.size(); ++p) {
    for (std::size_t c = 0; c < across.size(); ++c) across[c] += rows[p][c] * u[p];
  }
  double length = 0, along = 0, residual = 0;
  for (std::size_t p = 0; p < rows.size(); ++p) {
    for (std::size_t c = 0; c < across.size(); ++c) back[p] += rows[p][c] * across[c];
    length += double{u[p]} * u[p];
    along += back[p] * u[p];
  }
  const double value = along / length;
  for (std::size_t p = 0; p < rows.size(); ++p) residual += std::pow(back[p] - value * u[p], 2);
  EXPECT_LT(std::sqrt(residual / length) / value, 1e-5);
  EXPECT_NEAR(value, length, 1e-4 * length);  // |u| is the singular value
}

}  // namespace
}  // namespace effcam::cam
