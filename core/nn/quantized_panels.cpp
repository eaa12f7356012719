#include "nn/quantized_panels.h"

#include <algorithm>
#include <cmath>

#include "base/result.h"
#include "nn/product_pieces.h"
#include "nn/shape.h"

namespace effcam::nn {

std::vector<int> quantized_order(int depth, int lanes) {
  const int whole = depth / 4;
  std::vector<int> order(static_cast<std::size_t>(depth + 3) / 4 * 4, -1);
  for (int word = 0; word < whole; word += lanes) {
    const int n = std::min(lanes, whole - word);
    for (int i = 0; i < n; ++i)
      for (int k = 0; k < 4; ++k) order[(word + i) * 4 + k] = word * 4 + k * n + i;
  }
  for (int i = whole * 4; i < depth; ++i) order[i] = i;
  return order;
}

// ---- rows ---------------------------------------------------------------------------------------------------------

QuantizedRows::QuantizedRows(std::size_t rows, int depth, float* memory)
    : rows(rows),
      depth(depth),
      values(reinterpret_cast<std::uint8_t*>(memory + 2 * rows)),
      ranges(reinterpret_cast<RowRange*>(memory)) {}

std::size_t QuantizedRows::floats(std::size_t rows, int depth) {
  return rows * (sizeof(RowRange) / sizeof(float) + static_cast<std::size_t>(depth + 3) / 4);
}

void QuantizedRows::fill(const float* in, const float* gates, std::size_t rows_a_gate, ThreadPool& pool) const {
  constexpr std::size_t kMostRows = 32;  // of a piece
  const std::size_t tasks = pool.threads() == 1 ? 1 : static_cast<std::size_t>(ThreadPool::kLeastTasks) * pool.threads();
  const std::size_t pieces = std::max((rows_a_gate + kMostRows - 1) / kMostRows, std::min(tasks, rows_a_gate));
  pool.parallel_for(rows / rows_a_gate * pieces, [&](std::size_t task) {
    const std::size_t image = task / pieces, piece = task % pieces;
    const std::size_t first = part_begin(rows_a_gate, piece, pieces);
    const std::size_t row = image * rows_a_gate + first;
    kernels().quantize({.in = in + row * depth,
                        .gates = gates ? gates + image * depth : nullptr,
                        .rows = static_cast<int>(part_begin(rows_a_gate, piece + 1, pieces) - first),
                        .depth = depth,
                        .out = values + row * stride(),
                        .ranges = ranges + row});
  });
}

// ---- panels -------------------------------------------------------------------------------------------------------

QuantizedPanels::QuantizedPanels(int depth, int columns, std::span<const float> weights, std::span<const float> bias,
                                 const Kernels& table)
    : depth_(depth), columns_(columns) {
  EFFCAM_CHECK(weights.size() == static_cast<std::size_t>(depth) * columns);
  const std::vector<int> order = quantized_order(depth, table.lanes);
  const std::size_t padded = static_cast<std::size_t>(columns + table.lanes - 1) / table.lanes * table.lanes;
  weights_.resize(order.size() * padded);
  scales_.resize(padded);
  sums_.resize(padded);
  bias_.resize(padded);
  std::ranges::copy(bias, bias_.begin());
  for (int column = 0; column < columns; ++column) {
    const std::size_t first = static_cast<std::size_t>(column / table.panel) * table.panel;
    const std::size_t width = std::min<std::size_t>(table.panel, padded - first);
    std::int8_t* to = weights_.data() + first * order.size() + (column - first) * 4;
    pack_column(column, weights.subspan(static_cast<std::size_t>(column) * depth, depth), order, to, width * 4);
  }
}

namespace {

// The most that weights of one sign may add up to in a 16-bit lane: values of 0 to 127 multiply them.
constexpr int kMostOfALane = 32767 / kMostQuantized;

// A column's weights as integers by a scale, in the order of the rows' bytes.
struct Column {
  double scale = 0;
  bool cut = false;  // some are smaller than the nearest
  double error = 0;  // then: the sum of squared differences
  std::vector<int> values;
};

// Makes the largest weights of one sign in a lane smaller, by as much as they are too large together.
void cut_lane(int* (&lane)[4], int sign, int excess) {
  for (; excess > 0; --excess)
    **std::max_element(lane, lane + 4, [&](int* a, int* b) { return sign * (*a - *b) < 0; }) -= sign;
}

// Keeps every 16-bit lane of two words, four weights each, from overflowing. `values` is padded to whole pairs of words.
bool keep_lanes(std::span<int> values) {
  bool cut = false;
  for (std::size_t first = 0; first < values.size(); first += first % 8 == 0 ? 2 : 6) {
    int* lane[] = {&values[first], &values[first + 1], &values[first + 4], &values[first + 5]};
    int above = 0, below = 0;
    for (const int* value : lane) above += std::max(*value, 0), below += std::max(-*value, 0);
    if (std::max(above, below) <= kMostOfALane) continue;
    cut_lane(lane, 1, above - kMostOfALane);
    cut_lane(lane, -1, below - kMostOfALane);
    cut = true;
  }
  return cut;
}

void quantize(std::span<const float> weights, std::span<const int> order, double scale, Column& column) {
  column.scale = scale;
  column.error = 0;
  column.values.assign((order.size() + 7) / 8 * 8, 0);
  const float factor = scale > 1e-30 ? static_cast<float>(1 / scale) : 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] < 0) continue;
    const float value = weights[order[i]] * factor;
    column.values[i] = static_cast<int>(value + (value < 0 ? -0.5f : 0.5f));
  }
  column.cut = keep_lanes(column.values);
  for (std::size_t i = 0; column.cut && i < order.size(); ++i) {
    const double difference = order[i] < 0 ? 0 : weights[order[i]] - scale * column.values[i];
    column.error += difference * difference;
  }
}

// The column's largest weight is 127 where all lanes can hold that, which is most often; otherwise what changes the weights
// least.
Column quantized(std::span<const float> weights, std::span<const int> order) {
  float largest = 0;
  for (const float weight : weights) largest = std::max(largest, std::abs(weight));
  const double scale = static_cast<double>(largest) / kMostQuantized;
  Column best, other;
  quantize(weights, order, scale, best);
  if (!best.cut) return best;
  for (const double factor : {1.1, 1.2, 1.35, 1.5, 1.7, 2.0}) {
    quantize(weights, order, scale * factor, other);
    if (other.error < best.error) std::swap(best, other);
  }
  return best;
}

}  // namespace

// `step`: bytes from one word of the column to its next.
void QuantizedPanels::pack_column(int column, std::span<const float> weights, std::span<const int> order,
                                  std::int8_t* to, std::size_t step) {
  const Column packed = quantized(weights, order);
  int sum = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    to[i / 4 * step + i % 4] = static_cast<std::int8_t>(packed.values[i]);
    sum += packed.values[i];
  }
  scales_[column] = static_cast<float>(packed.scale);
  sums_[column] = scales_[column] * static_cast<float>(sum);
}

QuantizedProduct QuantizedPanels::product(const QuantizedRows& rows, std::size_t row, int first, int count) const {
  const std::size_t depth = rows.stride();
  return {.in = rows.values + row * depth,
          .in_stride = depth,
          .ranges = rows.ranges + row,
          .rows = rows.rows - row,
          .depth = static_cast<int>(depth),
          .columns = count,
          .weights = weights_.data() + first * depth,
          .scales = scales_.data() + first,
          .sums = sums_.data() + first,
          .bias = bias_.data() + first,
          .out_stride = static_cast<std::size_t>(columns_)};
}

void multiply(const QuantizedProduct& product, ThreadPool& pool) {
  for_pieces(product, kernels().panel, product.in_stride, pool,
             [](const QuantizedProduct& piece) { kernels().multiply_quantized(piece); });
}

}  // namespace effcam::nn
