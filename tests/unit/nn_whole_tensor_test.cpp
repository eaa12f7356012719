// Operators on whole tensors, against scalar code.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/whole_tensor.h"
#include "support/nn_reference.h"

namespace effcam::nn {
namespace {

TEST(WholeTensor, DepthwiseConvolutionsAreTheReference) {
  std::mt19937 random(3);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
  for (int i = 0; i < 100; ++i) {
    const int kernel = i % 2 ? 3 : 5, stride = 1 + i / 2 % 2, threads = 1 + i % 4;
    const Shape input{between(1, 2), between(kernel, 15), between(kernel, 15), between(1, 40)};
    const auto pad = [&] { return between(0, kernel / 2); };
    const Window window{kernel, stride, {pad(), pad(), pad(), pad()}};
    const std::size_t channels = input.channels, area = static_cast<std::size_t>(kernel) * kernel;
    const std::vector<float> x = test::random_floats(random, input.values()), bias = test::random_floats(random, channels);
    std::vector<float> weights = test::random_floats(random, area * channels);
    test::Doubles by_channel(weights.size());
    for (std::size_t k = 0; k < area; ++k)
      for (std::size_t c = 0; c < channels; ++c) by_channel[c * area + k] = weights[k * channels + c];
    WholeDepthwise depthwise;
    ASSERT_TRUE(depthwise.plan(weights, bias, window, input, threads).has_value());
    std::ranges::fill(weights, NAN);  // it has packed them
    std::vector<float> y(depthwise.output().values());
    ThreadPool pool(threads);
    depthwise.run(x.data(), y.data(), pool);
    const test::Doubles expected =
        test::convolution(input, window, input.channels, true, test::widened(x), by_channel, test::widened(bias));
    ASSERT_EQ(y.size(), expected.size());
    ASSERT_LT(test::largest_difference(y, expected), 2e-5) << "case " << i;
  }
}

TEST(WholeTensor, SumsProductsAndSigmoidsAreTheReference) {
  std::mt19937 random(4);
  const Shape shape{3, 7, 5, 19};
  const std::vector<float> a = test::random_floats(random, shape.values()), b = test::random_floats(random, shape.values());
  std::vector<float> out(a.size());
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (const Shape& other : {shape, Shape{1, 7, 5, 19}, Shape{3, 1, 1, 19}, Shape{1, 1, 1, 19}})
      for (const Binary what : {Binary::add, Binary::multiply}) {
        WholeBinary binary;
        ASSERT_TRUE(binary.plan(what, shape, other, threads).has_value());
        binary.run(a.data(), b.data(), out.data(), pool);
        for (std::size_t i = 0; i < out.size(); ++i) {
          const std::size_t image = other.images == 1 ? 0 : i / shape.image_values();
          const std::size_t within = other.positions() == 1 ? i % shape.channels : i % shape.image_values();
          const float value = b[image * other.image_values() + within];
          ASSERT_EQ(out[i], what == Binary::add ? a[i] + value : a[i] * value) << i;
        }
      }
    WholeSigmoid sigmoid;
    ASSERT_TRUE(sigmoid.plan(shape, threads).has_value());
    sigmoid.run(a.data(), out.data(), pool);
    for (std::size_t i = 0; i < out.size(); ++i) ASSERT_NEAR(out[i], test::sigmoid(a[i]), 1e-6);
  }
}

}  // namespace
}  // namespace effcam::nn
