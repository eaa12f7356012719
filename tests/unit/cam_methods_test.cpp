// The eight methods against their formulas, written out the long way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "cam/cam.h"

namespace effcam::cam {
namespace {

struct Values {
  int height, width, channels;
  std::vector<float> values;
  [[nodiscard]] Field field() const { return {height, width, channels, values}; }
};

Values random_values(int height, int width, int channels, unsigned seed) {
  std::mt19937 random(seed);
  Values result{height, width, channels, std::vector<float>(static_cast<std::size_t>(height * width * channels))};
  for (float& value : result.values) value = static_cast<float>(random() % 4001) / 1000.0f - 2.0f;
  return result;
}

using At = std::function<double(int position, int channel)>;
At reader(const Values& v) {
  return [&v](int p, int c) { return double{v.values[static_cast<std::size_t>(p * v.channels + c)]}; };
}

// Σ_c w(c)·A, and with the relu.
std::vector<double> weighted(const Values& a, const std::function<double(int)>& weight) {
  std::vector<double> map;
  for (int p = 0; p < a.height * a.width; ++p) {
    double sum = 0;
    for (int c = 0; c < a.channels; ++c) sum += weight(c) * reader(a)(p, c);
    map.push_back(sum);
  }
  return map;
}
std::vector<double> pointwise(const Values& a, const Values& g, const std::function<double(double, double)>& term) {
  std::vector<double> map;
  for (int p = 0; p < a.height * a.width; ++p) {
    double sum = 0;
    for (int c = 0; c < a.channels; ++c) sum += term(reader(a)(p, c), reader(g)(p, c));
    map.push_back(sum);
  }
  return map;
}

double positive(double x) { return x > 0 ? x : 0; }

std::vector<double> expected_map(Method method, const Values& a, const Values& g) {
  const At A = reader(a), G = reader(g);
  const int positions = a.height * a.width;
  const auto total = [positions](const std::function<double(int)>& term) {
    double sum = 0;
    for (int p = 0; p < positions; ++p) sum += term(p);
    return sum;
  };
  switch (method) {
    case Method::grad_cam:
      return weighted(a, [&](int c) { return total([&](int p) { return G(p, c); }) / positions; });
    case Method::grad_cam_pp:
      return weighted(a, [&](int c) {
        const double mass = total([&](int p) { return A(p, c); });
        return total([&](int p) {
          const double g2 = G(p, c) * G(p, c);
          return positive(G(p, c)) * g2 / (2 * g2 + mass * g2 * G(p, c) + 1e-6);
        });
      });
    case Method::hires_cam:
      return pointwise(a, g, [](double x, double y) { return x * y; });
    case Method::element_wise:
      return pointwise(a, g, [](double x, double y) { return positive(x * y); });
    case Method::layer_cam:
      return pointwise(a, g, [](double x, double y) { return x * positive(y); });
    case Method::xgrad_cam:
      return weighted(a, [&](int c) {
        return total([&](int p) { return G(p, c) * A(p, c); }) / (total([&](int p) { return A(p, c); }) + 1e-7);
      });
    default:
      return {};
  }
}

constexpr Method kFormulas[] = {Method::grad_cam,     Method::grad_cam_pp, Method::hires_cam,
                                Method::element_wise, Method::layer_cam,   Method::xgrad_cam};
constexpr Method kAll[] = {Method::grad_cam,  Method::grad_cam_pp, Method::hires_cam, Method::element_wise,
                           Method::layer_cam, Method::xgrad_cam,   Method::eigen_cam, Method::eigen_grad_cam};

void expect_close(const HeatMap& map, const std::vector<double>& expected, double tolerance) {
  double largest = 0;
  for (double value : expected) largest = std::max(largest, std::abs(value));
  ASSERT_EQ(map.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(map.values[i], expected[i], tolerance * largest) << "position " << i;
  }
}

TEST(CamMethods, AgreeWithTheirFormulas) {
  const int shapes[][3] = {{1, 1, 1}, {1, 1, 7}, {3, 5, 1}, {4, 3, 6}, {7, 7, 33}};
  unsigned seed = 1;
  for (const auto& [height, width, channels] : shapes) {
    const Values a = random_values(height, width, channels, seed++), g = random_values(height, width, channels, seed++);
    for (Method method : kFormulas) {
      SCOPED_TRACE(text(method_name(method), " at ", height, "×", width, "×", channels));
      std::vector<double> expected = expected_map(method, a, g);
      const HeatMap both = heat_map(method, a.field(), g.field(), Sign::both);
      EXPECT_EQ(both.height, height);
      EXPECT_EQ(both.width, width);
      expect_close(both, expected, 1e-6);
      std::ranges::transform(expected, expected.begin(), positive);
      expect_close(heat_map(method, a.field(), g.field()), expected, 1e-6);
    }
  }
}

// 1 × 2 positions, 2 channels; A = [1 −1; 3 2], G = [1 2; −1 0].
TEST(CamMethods, AgreeWithHandComputedCells) {
  const Values a{1, 2, 2, {1, -1, 3, 2}}, g{1, 2, 2, {1, 2, -1, 0}};
  const auto map = [&](Method method) { return heat_map(method, a.field(), g.field(), Sign::both).values; };
  EXPECT_EQ(map(Method::grad_cam), (std::vector<float>{-1, 2}));  // weights 0, 1
  EXPECT_EQ(map(Method::hires_cam), (std::vector<float>{-1, -3}));
  EXPECT_EQ(map(Method::element_wise), (std::vector<float>{1, 0}));
  EXPECT_EQ(map(Method::layer_cam), (std::vector<float>{-1, 0}));
  // xgrad: weights −2/4, −2/1.
  EXPECT_NEAR(map(Method::xgrad_cam)[0], 1.5, 1e-5);
  EXPECT_NEAR(map(Method::xgrad_cam)[1], -5.5, 1e-5);
  // ++: a = 1/(2 + 4) and 4/(8 + 1·8): weights 1/6, 1/2.
  EXPECT_NEAR(map(Method::grad_cam_pp)[0], 1.0 / 6 - 0.5, 1e-6);
  EXPECT_NEAR(map(Method::grad_cam_pp)[1], 0.5 + 1, 1e-6);
  EXPECT_EQ(heat_map(Method::grad_cam, a.field(), g.field()).values, (std::vector<float>{0, 2}));
}

// Where the gradient is the same at every position (as at the features after the head), three methods are one.
TEST(CamMethods, AreOneForAGradientThatIsTheSameEverywhere) {
  Values a = random_values(7, 5, 24, 77), g = random_values(7, 5, 24, 78);
  for (float& value : a.values) value = std::abs(value);  // XGrad-CAM divides by a channel's sum
  for (std::size_t i = 24; i < g.values.size(); ++i) g.values[i] = g.values[i - 24];
  const HeatMap grad = heat_map(Method::grad_cam, a.field(), g.field(), Sign::both);
  const std::vector<double> expected(grad.values.begin(), grad.values.end());
  expect_close(heat_map(Method::hires_cam, a.field(), g.field(), Sign::both), expected, 1e-5);
  expect_close(heat_map(Method::xgrad_cam, a.field(), g.field(), Sign::both), expected, 1e-5);
}

// No method has a NaN or an infinity for any finite field.
TEST(CamMethods, StayFiniteForExtremeFields) {
  constexpr float kHuge = std::numeric_limits<float>::max(), kTiny = std::numeric_limits<float>::denorm_min();
  const float scales[] = {0, kTiny, 1e-30f, 1, 1e30f, kHuge};
  for (float a_scale : scales) {
    for (float g_scale : scales) {
      Values a = random_values(4, 3, 5, 11), g = random_values(4, 3, 5, 12);
      for (float& value : a.values) value = a_scale * (value / 2);
      for (float& value : g.values) value = g_scale * (value / 2);
      for (Method method : kAll) {
        for (Sign sign : {Sign::non_negative, Sign::both}) {
          const HeatMap map = heat_map(method, a.field(), g.field(), sign);
          for (float value : map.values) {
            ASSERT_TRUE(std::isfinite(value)) << method_name(method) << " at " << a_scale << ", " << g_scale;
            ASSERT_TRUE(sign == Sign::both || value >= 0) << method_name(method);
          }
          for (float value : normalise(map).values) ASSERT_TRUE(value >= 0 && value <= 1) << method_name(method);
        }
      }
    }
  }
}

TEST(CamMethods, AreFlatWithoutEvidence) {
  const Values a = random_values(4, 4, 8, 5), zero{4, 4, 8, std::vector<float>(128)};
  for (Method method : kAll) {
    EXPECT_TRUE(is_flat(heat_map(method, zero.field(), zero.field()))) << method_name(method);
    EXPECT_TRUE(!needs_gradient(method) || is_flat(heat_map(method, a.field(), zero.field()))) << method_name(method);
  }
  Values positive_a = a, negative_g = a;
  for (float& value : positive_a.values) value = std::abs(value) + 0.1f;
  for (float& value : negative_g.values) value = -std::abs(value) - 0.1f;
  const HeatMap against = heat_map(Method::grad_cam, positive_a.field(), negative_g.field());
  EXPECT_TRUE(is_flat(against));
  EXPECT_EQ(maximum(against), 0);
  EXPECT_LT(minimum(heat_map(Method::grad_cam, positive_a.field(), negative_g.field(), Sign::both)), 0);
}

// A pole of Grad-CAM++ (2G² + ΣA·G³ = −1e-6 is as good as 0) and of XGrad-CAM (ΣA = −1e-7) must not be a NaN.
TEST(CamMethods, SurviveTheirPoles) {
  const Values a{1, 2, 1, {-1, -1}}, g{1, 2, 1, {1, 1}};  // 2 − 2 + 1e-6
  EXPECT_TRUE(std::isfinite(heat_map(Method::grad_cam_pp, a.field(), g.field(), Sign::both).values[0]));
  const Values cancelling{1, 2, 1, {1, -1}};
  EXPECT_TRUE(std::isfinite(heat_map(Method::xgrad_cam, cancelling.field(), g.field(), Sign::both).values[0]));
}

TEST(CamMethods, HaveNames) {
  for (Method method : kAll) {
    const Result<Method> parsed = parse_method(method_name(method));
    ASSERT_TRUE(parsed) << method_name(method);
    EXPECT_EQ(*parsed, method);
    EXPECT_FALSE(method_title(method).empty());
    EXPECT_EQ(needs_gradient(method), method != Method::eigen_cam);
  }
  EXPECT_EQ(method_name(Method::grad_cam_pp), "grad-cam++");
  const Result<Method> unknown = parse_method("gradcam");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("'gradcam'"), std::string::npos);
  EXPECT_NE(unknown.error().message.find("grad-cam++, hires-cam"), std::string::npos) << unknown.error().message;
}

}  // namespace
}  // namespace effcam::cam
