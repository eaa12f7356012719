// XNNPACK's operators as nn/ uses them: slices of a matrix that was packed once, and products that are divided among threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "nn/dense_product.h"
#include "nn/elementwise.h"
#include "nn/expand_depthwise.h"
#include "nn/linear.h"
#include "nn/xnnpack/elementwise.h"
#include "nn/xnnpack/fully_connected.h"
#include "nn/xnnpack/tile.h"
#include "support/nn_reference.h"

namespace effcam::nn {
namespace {

using xnnpack::FullyConnected;
using xnnpack::PackedWeights;

class XnnpackTest : public testing::Test {
 protected:
  int between(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  std::vector<float> floats(std::size_t count) { return test::random_floats(random_, count); }
  std::mt19937 random_{14};
};

double dot(std::span<const float> x, std::span<const float> weights, double bias) {
  for (std::size_t k = 0; k < x.size(); ++k) bias += static_cast<double>(x[k]) * weights[k];
  return bias;
}

TEST_F(XnnpackTest, SlicesOfAMatrixThatIsGoneAreTheReference) {
  for (int i = 0; i < 150; ++i) {
    const int in = between(1, 70), out = between(1, 130), rows = between(1, 30);
    std::vector<float> weights = floats(static_cast<std::size_t>(in) * out), bias = i % 3 ? floats(out) : std::vector<float>();
    const std::vector<float> kept = weights, kept_bias = bias, x = floats(static_cast<std::size_t>(rows) * in);
    const auto matrix = PackedWeights::pack(in, out, 1, weights, bias);
    ASSERT_TRUE(matrix.has_value()) << matrix.error().message;
    std::ranges::fill(weights, NAN);  // XNNPACK must not look at the source again
    std::ranges::fill(bias, NAN);
    const int first = between(0, (out - 1) / matrix->tile()) * matrix->tile(), count = between(1, out - first);
    const auto product = FullyConnected::create(*matrix, matrix->values().data(), {first, count}, rows, in, count + 3);
    ASSERT_TRUE(product.has_value()) << product.error().message;
    std::vector<float> y(static_cast<std::size_t>(rows) * (count + 3), -7.0f);
    product->run(x.data(), y.data());
    for (int r = 0; r < rows; ++r)
      for (int o = 0; o < count + 3; ++o) {
        const float made = y[static_cast<std::size_t>(r) * (count + 3) + o];
        if (o >= count) {
          ASSERT_EQ(made, -7.0f) << "written past a slice, case " << i;
          continue;
        }
        const auto row = std::span(kept).subspan(static_cast<std::size_t>(first + o) * in, in);
        ASSERT_NEAR(made, dot(std::span(x).subspan(static_cast<std::size_t>(r) * in, in), row,
                              kept_bias.empty() ? 0 : kept_bias[first + o]), 2e-5) << "case " << i;
      }
  }
}

TEST_F(XnnpackTest, APlainMatrixIsItsBiasesAndWeightsTileByTile) {
  const int in = 37, out = 75;
  const std::vector<float> weights = floats(static_cast<std::size_t>(in) * out), bias = floats(out);
  const auto matrix = PackedWeights::pack(in, out, 1, weights, bias);
  ASSERT_TRUE(matrix.has_value());
  if (!matrix->is_plain()) GTEST_SKIP() << "this processor's kernels interleave inputs";
  for (int o = 0; o < out; ++o) {
    const float* tile = matrix->values().data() + o / matrix->tile() * matrix->tile_values() + o % matrix->tile();
    EXPECT_EQ(tile[0], bias[o]);
    for (int k = 0; k < in; ++k)
      ASSERT_EQ(tile[(1 + k) * matrix->tile()], weights[static_cast<std::size_t>(o) * in + k]) << o << ", " << k;
  }
}

TEST_F(XnnpackTest, ProductsHaveTheSameBitsWithAnyNumberOfThreads) {
  struct Size {
    int rows, in, out;
  };
  // Many rows and few, weights of less than a slice and of several.
  for (const auto [rows, in, out] : {Size{3136, 24, 144}, Size{49, 1152, 320}, Size{1, 1280, 1000}, Size{64, 512, 700}, Size{3, 5, 2}}) {
    const std::vector<float> weights = floats(static_cast<std::size_t>(in) * out), bias = floats(out);
    const std::vector<float> x = floats(static_cast<std::size_t>(rows) * in), residual = floats(static_cast<std::size_t>(rows) * out);
    const auto matrix = PackedWeights::pack(in, out, 1, weights, bias);
    ASSERT_TRUE(matrix.has_value());
    std::vector<float> expected;
    for (const int threads : {1, 2, 3, 5}) {
      ThreadPool pool(threads);
      DenseProduct product;
      ASSERT_TRUE(product.plan(*matrix, matrix->values().data(), rows, threads).has_value());
      std::vector<float> y(residual.size(), NAN);
      product.run(x.data(), y.data(), {.swish = true, .residual = residual.data()}, pool);
      if (expected.empty()) {
        expected = y;
        for (const std::size_t i : {std::size_t{0}, y.size() / 2, y.size() - 1}) {
          const std::size_t row = i / out, o = i % out;
          EXPECT_NEAR(y[i], test::swish(dot(std::span(x).subspan(row * in, in), std::span(weights).subspan(o * in, in), bias[o])) +
                                residual[i], 1e-4);
        }
      }
      ASSERT_EQ(y, expected) << rows << " x " << in << " x " << out << ", " << threads << " threads";
    }
  }
}

// A pass that is planned again before each run gets tiles of whatever height was measured to be fastest.
TEST_F(XnnpackTest, RowsAreDividedIntoTilesThatAreWhole) {
  for (std::size_t rows = 1; rows < 400; ++rows) {
    const auto [first, second] = xnnpack::divide_into_tiles(rows);
    ASSERT_EQ(first.rows + second.rows, rows);
    ASSERT_GT(first.rows, 0u);
    if (second.rows == 0) continue;
    ASSERT_NE(first.height, second.height);
    ASSERT_EQ(second.rows % second.height, 0u) << rows;
    const auto missing = [height = first.height](std::size_t rows) { return (height - rows % height) % height; };
    ASSERT_LT(missing(first.rows), missing(rows)) << "a second operator that saves nothing, " << rows << " rows";
  }
}

TEST_F(XnnpackTest, ARowHasTheSameBitsInAnyTile) {
  const int in = 33, out = 45;
  const auto matrix = PackedWeights::pack(in, out, 1, floats(static_cast<std::size_t>(in) * out), floats(out));
  ASSERT_TRUE(matrix.has_value());
  const auto product_of = [&](std::size_t rows) {
    auto made = FullyConnected::create(*matrix, matrix->values().data(), {0, out}, rows, in, out);
    EXPECT_TRUE(made.has_value());
    return made;
  };
  // Not one by one: ARM's kernels of a single row add in another order, and no product of several rows is made of such.
  const auto pair = product_of(2);
  for (std::size_t rows = 2; rows <= 64; ++rows) {
    const std::vector<float> x = floats(rows * in);
    std::vector<float> together(rows * out), in_pairs(rows * out);
    product_of(rows)->run(x.data(), together.data());
    for (std::size_t row = 0; row + 1 < rows; ++row) pair->run(x.data() + row * in, in_pairs.data() + row * out);
    ASSERT_EQ(together, in_pairs) << rows << " rows";
  }
}

TEST_F(XnnpackTest, ExpansionsHaveTheSameBitsWithAnyNumberOfThreads) {
  const int in = 8, wide = 40, kernel = 3;
  const std::vector<float> weights = floats(wide * in), bias = floats(wide), windows = floats(wide * kernel * kernel);
  const auto matrix = PackedWeights::pack(in, wide, 1, weights, bias);
  ASSERT_TRUE(matrix.has_value());
  const Depthwise depthwise(wide, kernel, 1, windows, bias);
  // 5 × 17 and 13 × 13 are a pixel more than one and than two steps of 84.
  for (const auto [height, width] : {std::pair{5, 17}, {17, 5}, {13, 13}, {30, 17}, {8, 8}}) {
    const Shape input{1, height, width, in}, output{1, height, width, wide};
    const std::vector<float> x = floats(input.values());
    std::vector<float> expected;
    for (const int threads : {1, 2, 3, 5}) {
      ThreadPool pool(threads);
      ExpandDepthwise both;
      ASSERT_TRUE(both.plan(&*matrix, depthwise, input, output, {1, 1, 1, 1}, threads).has_value());
      std::vector<float> y(output.values() + 32, 0.0f), scratch(both.scratch_values()), rows(output.height * wide), means(wide);
      float* const line = reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(y.data()) + 63) / 64 * 64);
      both.run(x.data(), nullptr, line, scratch.data(), rows.data(), means.data(), pool);
      const std::vector<float> made(line, line + output.values());
      if (expected.empty()) expected = made;
      ASSERT_EQ(made, expected) << height << " x " << width << ", " << threads << " threads";
    }
  }
}

TEST_F(XnnpackTest, TheHeightOfATileChangesNoBit) {
  const int rows = 23, in = 19, out = 21;
  const std::vector<float> weights = floats(in * out), x = floats(rows * in);
  const auto matrix = PackedWeights::pack(in, out, 1, weights, {});
  ASSERT_TRUE(matrix.has_value());
  std::vector<float> expected;
  for (int call = 0; call < 70; ++call) {
    const int height = xnnpack::tile_height();
    EXPECT_TRUE(height == 0 || height == 4 || height == 5) << height;
    const auto product = FullyConnected::create(*matrix, matrix->values().data(), {0, out}, rows, in, out);
    ASSERT_TRUE(product.has_value());
    std::vector<float> y(rows * out);
    product->run(x.data(), y.data());
    if (expected.empty()) expected = y;
    ASSERT_EQ(y, expected);
  }
}

TEST_F(XnnpackTest, LinearLayersAndTheirGradientsAreTheReference) {
  ThreadPool pool(2);
  for (int i = 0; i < 60; ++i) {
    const int in = between(1, 90), out = between(1, 90), rows = between(1, 3);
    const std::vector<float> weights = floats(in * out), bias = floats(out), x = floats(rows * in);
    auto linear = Linear::create(in, out, weights, bias, true);
    ASSERT_TRUE(linear.has_value());
    ASSERT_TRUE(linear->plan(rows, pool.threads()).has_value());
    std::vector<float> y(rows * out, NAN), gradient = floats(out), back(in, NAN);
    linear->forward(x.data(), y.data(), pool);
    for (int r = 0; r < rows; ++r)
      for (int o = 0; o < out; ++o)
        ASSERT_NEAR(y[r * out + o], dot(std::span(x).subspan(r * in, in), std::span(weights).subspan(o * in, in), bias[o]), 2e-5);
    if (i % 2) std::fill(gradient.begin() + 1, gradient.end(), 0.0f);
    linear->backward(gradient, back);
    for (int k = 0; k < in; ++k) {
      double expected = 0;
      for (int o = 0; o < out; ++o) expected += static_cast<double>(gradient[o]) * weights[o * in + k];
      ASSERT_NEAR(back[k], expected, 2e-5) << "case " << i;
    }
  }
}

TEST_F(XnnpackTest, SigmoidIsTheReference) {
  for (const std::size_t n : {1u, 7u, 40u, 1536u}) {
    std::vector<float> x = floats(n);
    for (float& value : x) value *= 30;
    const std::vector<float> before = x;
    const auto sigmoid = xnnpack::Sigmoid::create(n);
    ASSERT_TRUE(sigmoid.has_value());
    sigmoid->run(x.data(), x.data());
    for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(x[i], test::sigmoid(before[i]), 1e-6);
  }
}

TEST_F(XnnpackTest, SumsAndProductsCountASingleValueForAll) {
  const Shape a{2, 3, 4, 5};
  const std::vector<float> x = floats(a.values());
  for (const Shape& b : {a, Shape{2, 1, 1, 5}, Shape{1, 1, 1, 5}}) {
    const std::vector<float> z = floats(b.values());
    for (const xnnpack::Binary what : {xnnpack::Binary::add, xnnpack::Binary::multiply}) {
      const auto made = xnnpack::BinaryElementwise::create(what, a, b);
      ASSERT_TRUE(made.has_value());
      std::vector<float> y(x.size(), NAN);
      made->run(x.data(), z.data(), y.data());
      for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t image = b.images > 1 ? i / a.image_values() : 0;
        const std::size_t position = b.height > 1 ? i % a.image_values() / a.channels : 0;
        const float other = z[image * b.image_values() + position * b.channels + i % a.channels];
        ASSERT_EQ(y[i], what == xnnpack::Binary::add ? x[i] + other : x[i] * other) << i;
      }
    }
  }
}

TEST_F(XnnpackTest, MeansAreOfAnImagesPositions) {
  for (const Shape& shape : {Shape{1, 7, 7, 1280}, Shape{3, 5, 9, 11}, Shape{2, 1, 1, 4}}) {
    const std::vector<float> x = floats(shape.values());
    const auto mean = xnnpack::GlobalMean::create(shape);
    ASSERT_TRUE(mean.has_value());
    std::vector<float> y(static_cast<std::size_t>(shape.images) * shape.channels, NAN);
    mean->run(x.data(), y.data());
    for (std::size_t i = 0; i < y.size(); ++i) {
      double sum = 0;
      for (std::size_t p = 0; p < shape.positions(); ++p)
        sum += x[i / shape.channels * shape.image_values() + p * shape.channels + i % shape.channels];
      ASSERT_NEAR(y[i], sum / static_cast<double>(shape.positions()), 1e-6);
    }
  }
}

TEST_F(XnnpackTest, SoftmaxIsTheReferenceAndHidesNothing) {
  for (const std::size_t n : {1u, 2u, 11u, 1000u}) {
    std::vector<float> x = floats(n), y(n, NAN);
    for (float& value : x) value *= 40;
    double sum = 0;
    for (const float value : x) sum += std::exp(static_cast<double>(value));
    softmax(x, y);
    for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(y[i], std::exp(static_cast<double>(x[i])) / sum, 2e-6);
    for (const float bad : {NAN, INFINITY}) {
      x[n / 2] = bad;
      softmax(x, y);
      for (const float value : y) ASSERT_TRUE(std::isnan(value)) << bad << " among " << n;
    }
  }
}

}  // namespace
}  // namespace effcam::nn
