// XNNPACK's operators as nn/ uses them: slices of a matrix that was packed once, and products that are divided among threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/dense_product.h"
#include "nn/xnnpack/fully_connected.h"
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

}  // namespace
}  // namespace effcam::nn
