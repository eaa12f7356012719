// Convolutions, dense and depthwise, forward and backward, against double-precision scalar code over random shapes.
#include <gtest/gtest.h>

#include "nn/convolution.h"
#include "nn/depthwise.h"
#include "nn/elementwise.h"
#include "support/kernel_cases.h"
#include "support/nn_reference.h"

namespace effcam::nn {
namespace {

using test::Doubles;
using test::widened;

struct Case {
  Shape input;
  Window window;
  int out;
};

class ConvolutionTest : public testing::TestWithParam<int> {  // the number of threads
 protected:
  int between(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  std::vector<float> floats(std::size_t count) { return test::random_floats(random_, count); }
  // What kernels may read past a tensor's end.
  static void add_tail(std::vector<float>& values) { values.resize(values.size() + 16); }

  Case random_case(std::initializer_list<int> kernels) {
    Case made;
    const int kernel = *(kernels.begin() + between(0, static_cast<int>(kernels.size()) - 1));
    const int pad = kernel / 2;
    made.window = {kernel, between(1, 2), {between(0, pad), pad, between(0, pad), pad}};
    made.input = {between(1, 2), between(kernel, 19), between(kernel, 19), between(1, 41)};
    made.out = between(kernel > 1 ? 2 : 1, 41);  // no network has a k×k convolution from one channel to one
    return made;
  }

  std::mt19937 random_{7};
  ThreadPool pool_{GetParam()};
};

TEST_P(ConvolutionTest, DenseWithWhatIsFusedIsTheReference) {
  for (unsigned i = 0; i < 180; ++i) {
    Case c = random_case({1, 1, 3, 5});
    if (c.window.kernel == 1) c.window = {};  // a matrix product of the input as it lies
    ASSERT_EQ(test::difference(pool_, test::ConvolutionCase{c.input, c.window, c.out, i % 3 == 0, i % 5 > 0, i % 2 == 1, i}), "")
        << "case " << i;
  }
}

TEST_P(ConvolutionTest, ExpansionAndDepthwiseInOneAreTheReference) {
  for (unsigned i = 0; i < 120; ++i) {
    const Case c = random_case({3, 5});
    ASSERT_EQ(test::difference(pool_, test::BlockCase{c.input, c.window, i % 3 ? between(1, 170) : 0, i % 2 == 1, i, i % 4 < 2}), "")
        << "case " << i;
  }
}

// More than the caches hold: it is written past them where the processor can.
TEST_P(ConvolutionTest, LargeOutputsAreTheReference) {
  EXPECT_EQ(test::difference(pool_, test::BlockCase{{1, 130, 130, 4}, {3, 1, {1, 1, 1, 1}}, 112, false, 1}), "");
}

TEST_P(ConvolutionTest, DepthwiseBackwardIsTheReference) {
  for (int i = 0; i < 80; ++i) {
    const Case c = random_case({3, 5, 7});
    const int channels = c.input.channels, area = c.window.kernel * c.window.kernel;
    const Shape output{c.input.images, c.window.output_height(c.input.height), c.window.output_width(c.input.width),
                       channels};
    const std::vector<float> weights = floats(static_cast<std::size_t>(channels) * area), bias(channels);
    const std::vector<float> gradient = floats(output.values());
    const Doubles expected =
        test::convolution_gradient(c.input, c.window, channels, true, widened(gradient), widened(weights));
    const Depthwise depthwise(channels, c.window.kernel, c.window.stride, weights, bias);
    std::vector<float> x(c.input.values(), NAN);  // every value must be written
    depthwise.backward(c.input, output, c.window.pads, gradient.data(), x.data(), pool_);
    EXPECT_LT(test::largest_difference(x, expected), 1e-5) << "case " << i;
  }
}

TEST_P(ConvolutionTest, GradientsAreTheReference) {
  for (unsigned i = 0; i < 120; ++i) {
    Case c = random_case({1, 3, 5});
    if (c.window.kernel == 1) c.window = {};
    ASSERT_EQ(test::difference(pool_, test::GradientCase{c.input, c.window, c.out, i}), "") << "case " << i;
  }
}

// Bands of several geometries, and outputs in more than one slice.
TEST_P(ConvolutionTest, LargeConvolutionsAreTheReference) {
  const Window window{3, 1, {1, 1, 1, 1}};
  EXPECT_EQ(test::difference(pool_, test::ConvolutionCase{{2, 67, 66, 5}, window, 9, true, true, false, 1}), "");
  EXPECT_EQ(test::difference(pool_, test::ConvolutionCase{{1, 9, 8, 72}, window, 330, true, true, false, 2}), "");
  EXPECT_EQ(test::difference(pool_, test::ConvolutionCase{{1, 75, 64, 3}, {3, 2, {0, 1, 1, 0}}, 32, true, false, false, 3}), "");
  EXPECT_EQ(test::difference(pool_, test::GradientCase{{2, 65, 48, 6}, {3, 2, {0, 1, 0, 1}}, 7, 4}), "");
}

INSTANTIATE_TEST_SUITE_P(Threads, ConvolutionTest, testing::Values(1, 2));

}  // namespace
}  // namespace effcam::nn
