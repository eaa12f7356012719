// Every kernel of every instruction set that this processor runs, against double-precision scalar code, over sizes that
// leave every kind of tail.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "nn/own/kernels.h"
#include "nn/own/kernels_table.h"
#include "support/kernel_cases.h"
#include "support/nn_reference.h"

namespace effcam::nn {
namespace {

using test::Doubles;

struct Case {
  const Kernels* table;
  bool other_quotient;  // not the one that is faster on this processor
};

class KernelsTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override { choose_quotient(); }
  void TearDown() override { choose_quotient(); }
  const Kernels& kernels() const { return *GetParam().table; }
  std::vector<float> random(std::size_t count, float low = -1, float high = 1) {
    return test::random_floats(random_, count, low, high);
  }
  int between(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  std::mt19937 random_{20261};

 private:
  void choose_quotient() const {
#if defined(__x86_64__)
    divides_quickly ^= GetParam().other_quotient;
#endif
  }
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Kernels* table : all_kernels()) {
    all.push_back({table, false});
    if (table->lanes == 16) all.push_back({table, true});
  }
  return all;
}

constexpr std::size_t kSizes[] = {1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 24, 31, 40, 63, 96, 113};

TEST_P(KernelsTest, SwishIsRightToMillionths) {
  std::vector<float> x;
  for (int i = -4000; i <= 4000; ++i) x.push_back(static_cast<float>(i) * 0.025f);
  for (const float edge : {-1e30f, -88.0f, -87.5f, -1e-30f, 0.0f, 1e-30f, 1e-5f, 88.0f, 1e30f}) x.push_back(edge);
  std::vector<float> y(x.size());
  kernels().swish(x.data(), y.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    // Below −84 the exponential may be clamped: the value is smaller than 1e-33, and stays so.
    if (x[i] < -84) {
      EXPECT_LE(std::abs(y[i]), 1e-4) << x[i];
      continue;
    }
    const double exact = test::swish(x[i]);
    const double relative = x[i] > 0 ? 1e-6 : 2.2e-6 + 6e-8 * std::abs(x[i]);
    EXPECT_NEAR(y[i], exact, relative * std::abs(exact)) << x[i];
  }
}

TEST_P(KernelsTest, CoarseSwishIsItsFormulaAndNearlySwish) {
  for (const std::size_t count : kSizes) {
    std::vector<float> x = random(count, -100, 100);
    for (std::size_t i = 0; i < x.size(); i += 2) x[i] *= 0.05f;
    if (count > 8) x[0] = 0, x[3] = 1e30f, x[5] = -1e30f, x[8] = NAN;
    std::vector<float> y(count);
    kernels().coarse_swish(x.data(), y.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      if (std::isnan(x[i])) {
        EXPECT_TRUE(std::isnan(y[i]));
      } else if (std::abs(x[i]) > 84) {
        EXPECT_NEAR(y[i], std::max(x[i], 0.0f), 1e-6 + 1e-6 * std::abs(std::max(x[i], 0.0f))) << x[i];
      } else {
        EXPECT_NEAR(y[i], test::coarse_swish(x[i]), 1e-4) << x[i];
        EXPECT_NEAR(y[i], test::swish(x[i]), 0.0024) << x[i];
      }
    }
  }
}

TEST_P(KernelsTest, SigmoidIsRight) {
  std::vector<float> x = random(1003, -30, 30), y(x.size());
  x.insert(x.end(), {-1e30f, 0.0f, 1e30f});
  y.resize(x.size());
  kernels().sigmoid(x.data(), y.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(y[i], 1 / (1 + std::exp(-static_cast<double>(x[i]))), 6e-7) << x[i];
}

TEST_P(KernelsTest, DepthwiseLinesAreTheReference) {
  for (unsigned i = 0; i < 300; ++i) {
    const int kernel = i % 2 ? 3 : 5;
    const int channels = i % 4 ? between(1, 70) : 16 * between(1, 5);  // whole lines of the cache are written in another way
    const test::LineCase c{kernel, 1 + static_cast<int>(i) / 2 % 2, between(1, 35), channels, between(1, kernel), i % 3 > 0, i,
                           i % 5 == 0, i % 7 < 3};
    ASSERT_EQ(test::difference(kernels(), c), "") << kernel << " by " << c.stride << ", " << c.count << " outputs of "
                                                  << c.channels << " channels, case " << i;
  }
  EXPECT_FALSE(kernels().depthwise_line({}, 7, 1));
}

TEST_P(KernelsTest, ElementwiseKernelsWithEveryTail) {
  for (const std::size_t n : kSizes) {
    const std::vector<float> a = random(n), b = random(n);
    std::vector<float> sum(n), scaled = b;
    kernels().add(a.data(), b.data(), sum.data(), n);
    kernels().add_scaled(0.5f, a.data(), scaled.data(), n);
    double dot = 0;
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(sum[i], a[i] + b[i]);
      EXPECT_NEAR(scaled[i], 0.5 * a[i] + b[i], 1e-6);
      dot += static_cast<double>(a[i]) * b[i];
    }
    EXPECT_NEAR(kernels().dot(a.data(), b.data(), n), dot, 1e-5) << n;
  }
}

TEST_P(KernelsTest, ChannelKernels) {
  for (const std::size_t channels : kSizes)
    for (const std::size_t positions : {1, 3, 49}) {
      const std::size_t n = channels * positions;
      const std::vector<float> z = random(n, -6, 6), s = random(channels), t = random(channels), g = random(n);
      const std::vector<float> factors = random(positions);
      std::vector<float> out(n), sums(channels), scaled = z, dots(channels), squeezed = g, gradient(n), rows(n);
      kernels().affine_swish(z.data(), s.data(), t.data(), out.data(), sums.data(), positions, channels);
      kernels().scale(scaled.data(), s.data(), positions, channels);
      kernels().scale_rows(z.data(), factors.data(), rows.data(), positions, channels);
      kernels().gate_gradient(g.data(), z.data(), dots.data(), positions, channels);
      kernels().squeeze_gradient(squeezed.data(), z.data(), s.data(), t.data(), SwishRule::plain, positions, channels);
      kernels().affine_swish_gradient(z.data(), s.data(), t.data(), t.data(), gradient.data(), SwishRule::plain,
                                      positions, channels);
      for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0, dot = 0;
        for (std::size_t p = 0; p < positions; ++p) {
          const std::size_t i = p * channels + c;
          const double u = static_cast<double>(s[c]) * z[i] + t[c];
          sum += test::swish(u);
          dot += g[i] * test::swish(z[i]);
          EXPECT_NEAR(out[i], test::swish(u), 2e-6);
          EXPECT_EQ(scaled[i], z[i] * s[c]);
          EXPECT_EQ(rows[i], z[i] * factors[p]);
          EXPECT_NEAR(squeezed[i], (static_cast<double>(g[i]) * s[c] + t[c]) * test::swish_slope(z[i]), 2e-6);
          EXPECT_NEAR(gradient[i], t[c] * test::swish_slope(u) * s[c], 2e-6);
        }
        EXPECT_NEAR(sums[c], sum, 1e-4);
        EXPECT_NEAR(dots[c], dot, 1e-4);
      }
    }
}

TEST_P(KernelsTest, GuidedGradientsPassOnlyWhereBothArePositive) {
  const std::vector<float> u = {-2, -1, 1, 2, 3, -3, 0, 1}, g = {1, -1, 1, -1, 2, -2, 1, 0};
  std::vector<float> guided = g;
  kernels().swish_gradient(guided.data(), u.data(), SwishRule::guided, u.size());
  for (std::size_t i = 0; i < u.size(); ++i)
    EXPECT_NEAR(guided[i], u[i] > 0 && g[i] > 0 ? g[i] * test::swish_slope(u[i]) : 0, 1e-6) << i;
}

// As many chains as vectors fit into a round, chain i from i: x becomes 0.999·x + 0.001 in each round.
TEST_P(KernelsTest, PeakMakesItsMultiplyAdds) {
  ASSERT_EQ(kernels().peak_round % kernels().lanes, 0);
  for (const int rounds : {0, 1, 2, 1000}) {
    double expected = 0;
    for (int chain = 0; chain < kernels().peak_round / kernels().lanes; ++chain) {
      double x = chain;
      for (int round = 0; round < rounds; ++round) x = 0.999 * x + 0.001;
      expected += x;
    }
    EXPECT_NEAR(kernels().peak(rounds), expected, 1e-4 * expected) << rounds;
  }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, KernelsTest, testing::ValuesIn(cases()),
                         [](const auto& info) { return "Set" + std::to_string(info.index); });

}  // namespace
}  // namespace effcam::nn
