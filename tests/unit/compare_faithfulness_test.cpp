// The trials of a heat map and their scores, with made-up networks whose answers are known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "compare/faithfulness.h"
#include "compare/imputation.h"

namespace effcam::compare {
namespace {

struct Picture {
  int height, width;
  std::vector<float> values;  // height × width × 3
};
using Network = std::function<float(std::span<const float>)>;
using Grey = std::function<double(int y, int x)>;

Picture grey(int height, int width, const Grey& value) {
  Picture result{height, width, {}};
  for (int i = 0; i < height * width * 3; ++i) {
    result.values.push_back(static_cast<float>(value(i / 3 / width, i / 3 % width)));
  }
  return result;
}
cam::HeatMap make_map(int height, int width, const Grey& value) {
  cam::HeatMap result{height, width, {}};
  for (int i = 0; i < height * width; ++i) result.values.push_back(static_cast<float>(value(i / width, i % width)));
  return result;
}

Trials trials_of(const Picture& picture, const cam::HeatMap& map, std::uint32_t seed = 1) {
  return {picture.values, picture.height, picture.width, map, seed};
}
std::vector<float> made(const Trials& trials, const Picture& picture, int trial) {
  std::vector<float> out(picture.values.size(), std::numeric_limits<float>::quiet_NaN());
  trials.make(trial, out);
  return out;
}
FaithfulnessScores judge(const Trials& trials, const Picture& picture, const Network& network) {
  std::vector<float> confidences;
  for (int i = 0; i < trials.count(); ++i) confidences.push_back(network(made(trials, picture, i)));
  return trials.scores(network(picture.values), confidences);
}
FaithfulnessScores judge(const cam::HeatMap& map, const Picture& picture, const Network& network) {
  return judge(trials_of(picture, map), picture, network);
}

float mean(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0f) / static_cast<float>(values.size());
}

// Which pixels differ.
std::set<std::size_t> changed(std::span<const float> a, std::span<const float> b) {
  std::set<std::size_t> pixels;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) pixels.insert(i / 3);
  }
  return pixels;
}

// Where the trials of a large picture lie: 2 shared, 19 deletions, 19 insertions, 4 + 4 of ROAD, the product.
constexpr int kDeletions = 2, kInsertions = 21, kMostFirst = 40, kLeastFirst = 44, kProduct = 48, kTrials = 49;

// Values 1…4; the map takes away 4, 1, 3, 2 in this order.
const Picture kFour{2, 2, {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}};
const cam::HeatMap kFourMap{2, 2, {7, -1, 2, 9}};

TEST(Faithfulness, DeletesTheMostRelevantFirst) {
  const FaithfulnessScores scores = judge(kFourMap, kFour, mean);
  EXPECT_EQ(scores.deletion.share, (std::vector<float>{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(scores.deletion.confidence, (std::vector<float>{2.5, 1.5, 1.25, 0.5, 0}));
  EXPECT_DOUBLE_EQ(scores.deletion.area, 0.25 * (2.5 / 2 + 1.5 + 1.25 + 0.5));
  // Twentieths of 30 pixels, rounded to whole ones.
  const Picture thirty = grey(5, 6, [](int, int) { return 1; });
  EXPECT_FLOAT_EQ(judge(kFourMap, thirty, mean).deletion.share[1], 2 / 30.0f);
}

// The network counts the pixels that are the input's.
TEST(Faithfulness, InsertsTheMostRelevantFirst) {
  const Picture picture = grey(40, 40, [](int y, int x) { return std::sin(0.7 * x + 0.1 * y * y); });
  const cam::HeatMap map = make_map(40, 40, [](int y, int x) { return (y * 40 + x) * 11 % 1600; });  // all different
  const Trials trials = trials_of(picture, map);
  ASSERT_EQ(trials.count(), kTrials);
  const std::vector<float> blurred = made(trials, picture, 1);
  EXPECT_EQ(changed(blurred, picture.values).size(), 1600u);
  for (int step = 1; step < 20; ++step) {
    const std::vector<float> out = made(trials, picture, kInsertions + step - 1);
    const int pixels = 1600 * step / 20;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool restored = map.values[i / 3] >= static_cast<float>(1600 - pixels);
      ASSERT_EQ(out[i], restored ? picture.values[i] : blurred[i]) << "step " << step << ", pixel " << i / 3;
    }
  }
  const Network restored = [&](std::span<const float> input) {
    return 1 - static_cast<float>(changed(input, picture.values).size()) / 1600;
  };
  const Curve curve = judge(trials, picture, restored).insertion;
  ASSERT_EQ(curve.share.size(), 21u);
  for (std::size_t i = 0; i <= 20; ++i) {
    EXPECT_FLOAT_EQ(curve.share[i], static_cast<float>(i) / 20);
    EXPECT_FLOAT_EQ(curve.confidence[i], static_cast<float>(i) / 20);
  }
  EXPECT_NEAR(curve.area, 0.5, 1e-6);
}

// A bright pixel becomes a Gaussian of 5 pixels per 224; what lies at an edge goes on beyond it.
TEST(Faithfulness, BlursByAGaussian) {
  const int height = 112, width = 224;  // standard deviations 2.5 and 5
  const Picture point = grey(height, width, [](int y, int x) { return y == 50 && x == 100 ? 1000 : 0; });
  const std::vector<float> blurred = made(trials_of(point, {1, 1, {1}}), point, 1);
  const auto at = [&](int y, int x) { return blurred[static_cast<std::size_t>((y * width + x) * 3 + 1)]; };
  const double peak = 1000 / (2 * 3.14159265 * 2.5 * 5);
  for (const auto& [dy, dx] : {std::pair{0, 0}, {0, 5}, {0, -5}, {3, 0}, {-3, 2}, {2, 10}}) {
    EXPECT_NEAR(at(50 + dy, 100 + dx), peak * std::exp(-0.5 * (dy * dy / 6.25 + dx * dx / 25.0)), 0.01 * peak);
  }
  EXPECT_EQ(at(50, 130), 0);
  EXPECT_NEAR(mean(blurred), mean(point.values), 1e-4);

  const Picture flat = grey(30, 20, [](int, int) { return 2; });
  for (float value : made(trials_of(flat, {1, 1, {1}}), flat, 1)) EXPECT_NEAR(value, 2, 1e-5);
}

TEST(Faithfulness, SharesTheFirstTrialsBetweenMaps) {
  const Picture picture = grey(9, 12, [](int y, int x) { return std::sin(y + 2 * x); });
  const Trials one = trials_of(picture, random_map(3, 4, 1), 1), other = trials_of(picture, centre_map(9, 12), 2);
  EXPECT_EQ(made(one, picture, 0), std::vector<float>(9 * 12 * 3, 0.0f));
  for (int i = 0; i < Trials::kShared; ++i) EXPECT_EQ(made(one, picture, i), made(other, picture, i));
  for (int i = Trials::kShared; i < one.count(); ++i) EXPECT_NE(made(one, picture, i), made(other, picture, i)) << i;
}

// Scores from confidences given by hand.
TEST(Faithfulness, ScoresByTheFormulasOfThePapers) {
  const Picture picture = grey(10, 10, [](int y, int x) { return y + x; });
  const Trials trials = trials_of(picture, random_map(10, 10, 3));
  ASSERT_EQ(trials.count(), kTrials);
  std::vector<float> confidences(kTrials, 0);
  const float most[] = {0.5f, 0.25f, 0.125f, 0.125f}, least[] = {1, 1, 0.75f, 0.25f};
  std::ranges::copy(most, confidences.begin() + kMostFirst);
  std::ranges::copy(least, confidences.begin() + kLeastFirst);
  confidences[0] = 0.125f;  // the mean colour
  confidences[1] = 0.25f;   // blurred
  std::fill_n(confidences.begin() + kDeletions, 19, 0.5f);
  std::fill_n(confidences.begin() + kInsertions, 19, 0.75f);
  confidences[kProduct] = 0.375f;
  const FaithfulnessScores scores = trials.scores(0.5f, confidences);
  EXPECT_DOUBLE_EQ(scores.road, (3 - 1) / 8.0);
  EXPECT_EQ(scores.drop, 0.25);
  EXPECT_FALSE(scores.increase);
  EXPECT_NEAR(scores.deletion.area, 0.95 * 0.5 + 0.05 * 0.3125, 1e-7);
  EXPECT_NEAR(scores.insertion.area, 0.05 * 0.5 + 0.9 * 0.75 + 0.05 * 0.625, 1e-7);
  EXPECT_EQ(scores.insertion.confidence.back(), 0.5f);

  confidences[kProduct] = 0.625f;
  EXPECT_EQ(trials.scores(0.5f, confidences).drop, 0);
  EXPECT_TRUE(trials.scores(0.5f, confidences).increase);
  EXPECT_FALSE(trials.scores(0.625f, confidences).increase);
  EXPECT_EQ(trials.scores(0, confidences).drop, 0);
}

TEST(Faithfulness, FadesByTheNormalisedMap) {
  const std::vector<float> out = made(trials_of(kFour, kFourMap), kFour, trials_of(kFour, kFourMap).count() - 1);
  EXPECT_EQ(out, (std::vector<float>{0.8f, 0.8f, 0.8f, 0, 0, 0, 3 * 0.3f, 3 * 0.3f, 3 * 0.3f, 4, 4, 4}));
}

// ROAD's trials leave every other pixel alone, and the removed ones are their imputation and a little noise.
TEST(Faithfulness, ImputesWithNoise) {
  const Picture picture = grey(50, 40, [](int y, int x) { return std::sin(0.2 * x) + std::cos(0.3 * y); });
  const cam::HeatMap map = make_map(50, 40, [](int y, int x) { return (y * 40 + x) * 7 % 2000; });
  const Trials trials = trials_of(picture, map);
  const int percents[] = {20, 40, 60, 80};
  for (int i = 0; i < 8; ++i) {
    const std::vector<float> out = made(trials, picture, kMostFirst + i);
    const float pixels = 20.0f * static_cast<float>(percents[i % 4]);
    std::vector<std::uint8_t> removed;
    for (float value : map.values) removed.push_back((i < 4 ? value >= 2000 - pixels : value < pixels) ? 1 : 0);
    std::vector<float> expected = picture.values;
    impute(expected, 50, 40, removed);
    double sum = 0, squares = 0, largest = 0;
    for (std::size_t k = 0; k < out.size(); ++k) {
      const double noise = double{out[k]} - expected[k];
      ASSERT_TRUE(removed[k / 3] || noise == 0) << "pixel " << k / 3;
      sum += noise;
      squares += noise * noise;
      largest = std::max(largest, std::abs(noise));
    }
    const double count = 3 * pixels;
    EXPECT_NEAR(sum / count, 0, 4 * 0.01 / std::sqrt(count));
    EXPECT_NEAR(std::sqrt(squares / count), 0.01, 0.0006);
    EXPECT_GT(largest, 0.025);  // a Gaussian has tails, a uniform of this deviation ends at 0.0173
  }
}

TEST(Faithfulness, BreaksTiesAtRandomButTheSameWay) {
  const Picture picture = grey(32, 32, [](int, int) { return 1; });
  const cam::HeatMap flat{1, 1, {0}}, halves = make_map(32, 32, [](int y, int) { return y < 16 ? 5 : 3; });
  const auto deleted = [&](const cam::HeatMap& map, int step, std::uint32_t seed) {
    return changed(made(trials_of(picture, map, seed), picture, kDeletions + step - 1), picture.values);
  };
  const auto in_quarter = [](const std::set<std::size_t>& pixels, std::size_t quarter) {
    return std::ranges::count_if(pixels, [=](std::size_t pixel) { return pixel / 256 == quarter; });
  };
  const std::set<std::size_t> half = deleted(flat, 10, 1);
  EXPECT_EQ(half.size(), 512u);
  for (std::size_t quarter = 0; quarter < 4; ++quarter) EXPECT_NEAR(in_quarter(half, quarter), 128, 30);
  EXPECT_EQ(half, deleted(flat, 10, 1));
  EXPECT_NE(half, deleted(flat, 10, 2));
  EXPECT_TRUE(std::ranges::includes(half, deleted(flat, 9, 1)));
  // Ties are broken within equal values only.
  const std::set<std::size_t> upper = deleted(halves, 5, 1);
  EXPECT_EQ(upper.size(), 256u);
  EXPECT_EQ(in_quarter(upper, 0) + in_quarter(upper, 1), 256);
  EXPECT_NEAR(in_quarter(upper, 0), 128, 30);
}

// An object of stripes; the network sees how much of the contrast inside it is there.
TEST(Faithfulness, PrefersTheTrueMap) {
  const auto inside = [](int y, int x) { return y >= 12 && y < 36 && x >= 30 && x < 54; };
  const Picture picture = grey(
      64, 64, [&](int y, int x) { return (inside(y, x) ? 1.5 : 0.3) * (x % 4 < 2 ? 1 : -1) * (y % 4 < 2 ? 1 : -1); });
  const Network network = [&](std::span<const float> input) {
    double sum = 0, whole = 0;
    for (std::size_t i = 0; i < input.size(); ++i) {
      const int pixel = static_cast<int>(i / 3);
      if (!inside(pixel / 64, pixel % 64)) continue;
      sum += double{input[i]} * picture.values[i];
      whole += double{picture.values[i]} * picture.values[i];
    }
    return static_cast<float>(std::clamp(sum / whole, 0.0, 1.0));
  };
  const Grey object = [&](int y, int x) { return inside(y, x) ? 1 : 0; };
  const Grey surroundings = [&](int y, int x) { return inside(y, x) ? 0 : 1; };
  const FaithfulnessScores truth = judge(make_map(64, 64, object), picture, network);
  const FaithfulnessScores random = judge(random_map(64, 64, 4), picture, network);
  const FaithfulnessScores inverse = judge(make_map(64, 64, surroundings), picture, network);
  EXPECT_LT(truth.deletion.area, random.deletion.area - 0.1);
  EXPECT_LT(random.deletion.area, inverse.deletion.area - 0.1);
  EXPECT_GT(truth.insertion.area, random.insertion.area + 0.1);
  EXPECT_GT(random.insertion.area, inverse.insertion.area + 0.1);
  EXPECT_GT(truth.road, 0.3);
  EXPECT_NEAR(random.road, 0, 0.05);
  EXPECT_LT(inverse.road, -0.3);
  EXPECT_LT(truth.drop, 1e-6);
  EXPECT_NEAR(random.drop, 0.5, 0.1);
  EXPECT_EQ(inverse.drop, 1);
}

TEST(Faithfulness, IsTheSameEveryTime) {
  const Picture picture = grey(21, 30, [](int y, int x) { return std::sin(y * x); });
  const cam::HeatMap map = random_map(7, 7, 9);
  const Trials one = trials_of(picture, map, 5), other = trials_of(picture, map, 5), third = trials_of(picture, map, 6);
  for (int i = one.count() - 1; i >= 0; --i) EXPECT_EQ(made(one, picture, i), made(other, picture, i)) << i;
  EXPECT_NE(made(one, picture, kMostFirst), made(third, picture, kMostFirst));  // its noise
}

TEST(Faithfulness, StaysFiniteForDegenerateInputs) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kMax = std::numeric_limits<float>::max();
  const cam::HeatMap maps[] = {{1, 1, {3}}, {1, 1, {0}}, {2, 2, {0, 0, 0, 0}}, {1, 2, {-kMax, kMax}}, {2, 1, {-1, -2}}};
  for (const auto& [height, width] : {std::pair{1, 1}, {1, 2}, {1, 7}, {5, 1}, {6, 6}}) {
    const Picture picture = grey(height, width, [](int y, int x) { return y - x; });
    for (const cam::HeatMap& map : maps) {
      const Trials trials = trials_of(picture, map);
      for (int i = 0; i < trials.count(); ++i) {
        for (float value : made(trials, picture, i)) ASSERT_TRUE(std::isfinite(value)) << "trial " << i;
      }
      for (float confidence : {0.0f, 1.0f, kNan}) {
        const std::vector<float> confidences(static_cast<std::size_t>(trials.count()), confidence);
        const FaithfulnessScores scores = trials.scores(confidence, confidences);
        const double expected = confidence == 1 ? 1 : 0;
        EXPECT_NEAR(scores.deletion.area, expected, 1e-6);
        EXPECT_NEAR(scores.insertion.area, expected, 1e-6);
        EXPECT_EQ(scores.road, 0);
        EXPECT_EQ(scores.drop, 0);
        EXPECT_FALSE(scores.increase);
      }
    }
  }
}

TEST(FaithfulnessBaselines, RandomMapIsReproducible) {
  const cam::HeatMap map = random_map(100, 80, 7);
  EXPECT_EQ(map.values.size(), 8000u);
  EXPECT_NEAR(mean(map.values), 0.5, 0.02);
  EXPECT_TRUE(cam::minimum(map) >= 0 && cam::minimum(map) < 0.01f);
  EXPECT_TRUE(cam::maximum(map) <= 1 && cam::maximum(map) > 0.99f);
  EXPECT_EQ(map.values, random_map(100, 80, 7).values);
  EXPECT_NE(map.values, random_map(100, 80, 8).values);
  EXPECT_EQ(map.values[0], 7766746.0f / 16777215);  // SplitMix64 written again in another language
  EXPECT_EQ(map.values[7999], 6177050.0f / 16777215);
}

TEST(FaithfulnessBaselines, CentreMapIsAGaussian) {
  const cam::HeatMap map = centre_map(7, 9);
  EXPECT_EQ(map.values[3 * 9 + 4], 1);
  // A pixel is 4/7 of a standard deviation high and 4/9 wide.
  EXPECT_FLOAT_EQ(map.values[2 * 9 + 4], static_cast<float>(std::exp(-0.5 * 16 / 49)));
  EXPECT_FLOAT_EQ(map.values[3 * 9 + 0], static_cast<float>(std::exp(-0.5 * 16 * 16 / 81)));
  EXPECT_TRUE(std::equal(map.values.begin(), map.values.end(), map.values.rbegin()));
}

}  // namespace
}  // namespace effcam::compare
