// Quantised rows, weights and their products, of every instruction set that this processor runs, against scalar code.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "nn/quantized_panels.h"
#include "support/kernel_cases.h"
#include "support/nn_reference.h"

namespace effcam::nn {
namespace {

using test::Doubles;
using test::widened;

class QuantizedTest : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
  std::vector<float> random(std::size_t count, float low = -1, float high = 1) {
    return test::random_floats(random_, count, low, high);
  }
  int between(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  // Rows in this table's order, in memory that the object holds.
  struct Rows {
    std::vector<float> memory;
    QuantizedRows rows;
    Rows(int count, int depth)
        : memory(QuantizedRows::floats(count, depth)), rows(count, depth, memory.data()) {}
  };
  Rows rows_of(const test::Bytes& bytes) {
    Rows made(bytes.rows, bytes.depth);
    const std::vector<int> order = quantized_order(bytes.depth, kernels().lanes);
    for (int r = 0; r < bytes.rows; ++r) {
      made.rows.ranges[r] = {static_cast<float>(bytes.least[r]), static_cast<float>(bytes.step[r])};
      for (std::size_t i = 0; i < order.size(); ++i)
        made.rows.values[r * made.rows.stride() + i] =
            static_cast<std::uint8_t>(order[i] < 0 ? 0 : bytes.values[r * bytes.depth + order[i]]);
    }
    return made;
  }
  std::mt19937 random_{20262};
};

TEST_P(QuantizedTest, TheOrderHasEveryValueOnce) {
  for (int depth = 1; depth < 200; ++depth) {
    std::vector<int> order = quantized_order(depth, kernels().lanes);
    ASSERT_EQ(order.size(), static_cast<std::size_t>((depth + 3) / 4 * 4));
    std::erase(order, -1);
    std::ranges::sort(order);
    std::vector<int> all(depth);
    std::iota(all.begin(), all.end(), 0);
    ASSERT_EQ(order, all) << depth;
  }
}

TEST_P(QuantizedTest, RowsAreNoFurtherThanHalfAStep) {
  for (int i = 0; i < 300; ++i) {
    const int rows = between(1, 5), depth = between(1, 150);
    const float scale = std::pow(10.0f, static_cast<float>(between(-6, 4)));
    std::vector<float> x = random(rows * depth, -scale, scale);
    for (float& value : x) value += i % 3 * 10 * scale;  // far from zero
    if (i % 11 == 0) std::ranges::fill(x, scale);        // no range at all
    const std::vector<float> gates = random(depth, 0, 1);
    const bool gated = i % 2;
    Rows made(rows, depth);
    std::vector<std::uint8_t> out(rows * made.rows.stride() + 4, 99);
    kernels().quantize({.in = x.data(),
                        .gates = gated ? gates.data() : nullptr,
                        .rows = rows,
                        .depth = depth,
                        .out = out.data(),
                        .ranges = made.rows.ranges});
    const std::vector<int> order = quantized_order(depth, kernels().lanes);
    for (int r = 0; r < rows; ++r) {
      const auto [least, step] = made.rows.ranges[r];
      for (std::size_t k = 0; k < order.size(); ++k) {
        const int q = out[r * order.size() + k];
        ASSERT_LE(q, kMostQuantized);
        if (order[k] < 0) {
          ASSERT_EQ(q, 0);
          continue;
        }
        const double value = static_cast<double>(x[r * depth + order[k]]) * (gated ? gates[order[k]] : 1.0);
        ASSERT_NEAR(least + static_cast<double>(step) * q, value, 0.5001 * step + 4e-7 * std::abs(value))
            << rows << "x" << depth << " at " << r << ", " << order[k];
      }
    }
    for (std::size_t k = rows * order.size(); k < out.size(); ++k) ASSERT_EQ(out[k], 99) << "written past the end";
  }
}

// Rows are quantised several at once: the others are what they are.
TEST_P(QuantizedTest, WhatIsNotFiniteIsNotHidden) {
  for (const float strange : {NAN, INFINITY, -INFINITY})
    for (int depth = 1; depth < 70; ++depth) {
      const int rows = between(1, 9), which = between(0, rows - 1);
      std::vector<float> x = random(rows * depth);
      x[which * depth + between(0, depth - 1)] = strange;
      Rows made(rows, depth);
      kernels().quantize(
          {.in = x.data(), .rows = rows, .depth = depth, .out = made.rows.values, .ranges = made.rows.ranges});
      for (int r = 0; r < rows; ++r)
        EXPECT_EQ(std::isnan(made.rows.ranges[r].step), r == which) << depth << " " << strange << ", row " << r;
    }
}

// Ranges of step 1 from 0, weights whose largest is 127, and sums of four that 16 bits just hold with a factor of 127: the
// product's integers come out as they are.
TEST_P(QuantizedTest, SumsAreExact) {
  for (int i = 0; i < 300; ++i) {
    const int rows = between(1, 27), depth = between(1, 300), columns = i % 3 ? between(1, 120) : kernels().panel;
    test::Bytes bytes{rows, depth, std::vector<int>(rows * depth), Doubles(rows, 0), Doubles(rows, 1)};
    for (int& value : bytes.values) value = i % 7 ? between(0, 127) : 127;
    std::vector<float> weights(columns * depth), bias(columns);
    for (float& weight : weights) weight = static_cast<float>(i % 7 ? between(-43, 43) : -43);
    for (float& value : bias) value = static_cast<float>(between(-1000, 1000));
    for (int c = 0; c < columns; ++c) weights[c * depth + between(0, depth - 1)] = i % 2 ? 127 : -127;
    Doubles expected = test::quantized_product(bytes, {columns, depth, {weights.begin(), weights.end()}, {}, Doubles(columns, 1)});
    const Rows made = rows_of(bytes);
    const QuantizedPanels panels(depth, columns, weights, bias, kernels());
    QuantizedProduct product = panels.product(made.rows, 0, 0, columns);
    std::vector<float> out(rows * columns + 8, 99);
    product.out = out.data();
    kernels().multiply_quantized(product);
    for (int k = 0; k < rows * columns; ++k)
      ASSERT_EQ(out[k], expected[k] + bias[k % columns]) << rows << "x" << depth << "x" << columns << " at " << k;
    for (int k = rows * columns; k < static_cast<int>(out.size()); ++k) ASSERT_EQ(out[k], 99) << "written past the end";
  }
}

// Every weight is the nearest step of its column's scale, except where 16 bits could not hold what four of them make.
TEST_P(QuantizedTest, PackedWeightsAreNear) {
  for (int i = 0; i < 100; ++i) {
    const int depth = between(1, 100), columns = between(1, 60);
    const std::vector<float> weights = random(depth * columns);
    const std::vector<int> order = quantized_order(depth, kernels().lanes);
    const QuantizedPanels panels(depth, columns, weights, {}, kernels());
    std::vector<float> memory(QuantizedRows::floats(1, depth));
    const test::Bytes packed = test::packed_weights(panels.product({1, depth, memory.data()}, 0, 0, columns), depth, kernels());
    for (int c = 0; c < columns; ++c) {
      const auto value = [&](std::size_t at) { return at < order.size() && order[at] >= 0 ? packed.values[c * depth + order[at]] : 0; };
      double error = 0;
      for (int k = 0; k < depth; ++k)
        error += std::pow(weights[c * depth + k] - packed.step[c] * packed.values[c * depth + k], 2);
      ASSERT_LT(std::sqrt(error / depth), 0.012) << depth << " x " << columns << " column " << c;
      for (std::size_t at = 0; at < order.size(); ++at) {
        if (at % 8 != 0 && at % 8 != 2) continue;
        int above = 0, below = 0;
        for (const std::size_t other : {0, 1, 4, 5}) (value(at + other) > 0 ? above : below) += value(at + other);
        ASSERT_LE(std::max(above, -below), 258);
      }
    }
  }
}

// Equal weights and the largest values: with weights of 127 sixteen bits would overflow.
TEST_P(QuantizedTest, NoSumSaturates) {
  for (const float weight : {-1.0f, 1.0f})
    for (const int depth : {2, 7, 8, 9, 60}) {
      const test::Bytes bytes{1, depth, std::vector<int>(depth, 127), Doubles(1, 0), Doubles(1, 1)};
      const std::vector<float> weights(depth, weight), bias(1);
      const Rows made = rows_of(bytes);
      const QuantizedPanels panels(depth, 1, weights, bias, kernels());
      QuantizedProduct product = panels.product(made.rows, 0, 0, 1);
      float out = 99;
      product.out = &out;
      kernels().multiply_quantized(product);
      EXPECT_NEAR(out, weight * 127 * depth, 1.0 * depth) << depth;
    }
}

TEST_P(QuantizedTest, ProductsAreTheReference) {
  for (unsigned i = 0; i < 300; ++i) {
    const test::QuantizedCase c{between(1, 27), between(1, 90), between(1, 120), i % 5 < 2, i % 3 == 0, i};
    ASSERT_EQ(test::difference(kernels(), c), "") << c.rows << " x " << c.depth << " x " << c.columns << ", case " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, QuantizedTest, testing::ValuesIn(all_kernels().begin(), all_kernels().end()),
                         [](const auto& info) { return "Set" + std::to_string(info.index); });

// Which instructions are chosen shows in no bit.
TEST(QuantizedOperators, TheFastestInstructionsMakeTheSame) {
  const test::QuantizedCase c{11, 70, 40, true, true, 1};
  for (int pass = 0; pass < 70; ++pass) {
    before_quantized_pass();
    ASSERT_EQ(test::difference(kernels(), c), "") << "before pass " << pass;
  }
}

// Whole operators, over threads: each image with its own gates, any first column.
TEST(QuantizedOperators, ThreadsAndImagesMakeNoDifference) {
  std::mt19937 random(5);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
  for (int i = 0; i < 60; ++i) {
    const int images = between(1, 3), positions = between(1, 150), depth = between(1, 70), columns = between(1, 150);
    const int rows = images * positions;
    const std::vector<float> x = test::random_floats(random, static_cast<std::size_t>(rows) * depth),
                             weights = test::random_floats(random, static_cast<std::size_t>(columns) * depth),
                             gates = test::random_floats(random, static_cast<std::size_t>(images) * depth, 0);
    const QuantizedPanels panels(depth, columns, weights, {});
    std::vector<float> first;
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      std::vector<float> memory(QuantizedRows::floats(rows, depth)), out(static_cast<std::size_t>(rows) * columns, 99);
      const QuantizedRows quantized(rows, depth, memory.data());
      quantized.fill(x.data(), gates.data(), positions, pool);
      QuantizedProduct product = panels.product(quantized, 0, 0, columns);
      product.out = out.data();
      multiply(product, pool);
      if (first.empty()) first = out;
      ASSERT_EQ(out, first) << "case " << i;
      const double most = std::sqrt(depth) * 0.03;  // half a step of either factor, added up at random
      for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
          double sum = 0;
          for (int k = 0; k < depth; ++k)
            sum += static_cast<double>(x[r * depth + k]) * gates[r / positions * depth + k] * weights[c * depth + k];
          ASSERT_NEAR(out[static_cast<std::size_t>(r) * columns + c], sum, most) << "case " << i;
        }
    }
  }
}

// Some rows, again and again: as many as make a product of them and their pieces pass 32 bits. Each makes what it made the
// first time.
TEST(QuantizedOperators, ManyRowsMakeWhatFewDo) {
  constexpr int kDepth = 4, kColumns = 1, kPeriod = 7;
  constexpr std::size_t kRows = 11'000'000;
  std::mt19937 random(6);
  const std::vector<float> some = test::random_floats(random, kPeriod * kDepth), weights = test::random_floats(random, kDepth);
  const QuantizedPanels panels(kDepth, kColumns, weights, {});
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    std::vector<float> x(kRows * kDepth), memory(QuantizedRows::floats(kRows, kDepth)), out(kRows * kColumns, NAN);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = some[i % some.size()];
    const QuantizedRows quantized(kRows, kDepth, memory.data());
    quantized.fill(x.data(), nullptr, kRows, pool);
    QuantizedProduct product = panels.product(quantized, 0, 0, kColumns);
    product.out = out.data();
    multiply(product, pool);
    ASSERT_FALSE(std::isnan(out.front()));
    for (std::size_t r = 0; r < kRows; ++r) ASSERT_EQ(out[r], out[r % kPeriod]) << "row " << r;
  }
}

// The pieces of a whole are beside each other, of nearly the same size, and leave nothing.
TEST(PartBegin, DividesWhatAProductCouldNotHold) {
  for (const std::size_t whole : {std::size_t{0}, std::size_t{5}, std::size_t{1000}, SIZE_MAX})
    for (const std::size_t parts : {std::size_t{1}, std::size_t{3}, std::size_t{64}}) {
      EXPECT_EQ(part_begin(whole, 0, parts), 0u);
      EXPECT_EQ(part_begin(whole, parts, parts), whole);
      for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t count = part_begin(whole, part + 1, parts) - part_begin(whole, part, parts);
        EXPECT_TRUE(count == whole / parts || count == whole / parts + 1) << whole << " in " << parts;
      }
    }
}

}  // namespace
}  // namespace effcam::nn
