// Matrix products in tiles that stay in registers, with what follows a convolution done on the tile before it is stored.
// Included by kernels_impl.h; see kernels_vectors.h for the rules.
//
// The weights come in panels of kPanel columns: for each row of the matrix, the panel's values beside each other. The last
// panel is as many whole vectors wide as it needs.
#pragma once

#include "nn/kernels_vectors.h"

namespace effcam::nn {
namespace {

// A tile is kTileRows × (kPanel/kLanes) vectors: as many sums as the registers hold beside one row of weights.
#if EFFCAM_LANES == 16
constexpr int kTileRows = 8, kPanelVectors = 3;  // 24 of 32 registers
#elif EFFCAM_LANES == 8
constexpr int kTileRows = 4, kPanelVectors = 3;  // 12 of 16
#elif defined(__wasm_relaxed_simd__)
constexpr int kTileRows = 3, kPanelVectors = 3;  // 9 of 16: with more, V8 spills
#else
constexpr int kTileRows = 4, kPanelVectors = 2;  // 8 of 16: without a fused multiply-add the products need some
#endif
constexpr int kPanel = kPanelVectors * kLanes;

template <int Rows, int Vectors>
struct Tile {
  Float<kLanes> sum[Rows][Vectors];
};

// The sums over the depth, from what they start with.
template <int Rows, int Vectors>
inline void accumulate(Tile<Rows, Vectors>& tile, const float* in, std::size_t stride, const float* weights, int depth) {
  Tile<Rows, Vectors> t = tile;
  const float* row[Rows];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) row[r] = in + r * stride;
  for (int k = 0; k < depth; ++k, weights += Vectors * kLanes) {
    pin(weights);
    Float<kLanes> w[Vectors];
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) w[v] = load<kLanes>(weights + v * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      pin(row[r]);
      const Float<kLanes> x = all<kLanes>(*row[r]++);
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) t.sum[r][v] = multiply_add<kLanes>(x, w[v], t.sum[r][v]);
    }
  }
  tile = t;
}

// What follows the sums. `columns`: how many columns of the tile exist; the last vector may be cut.
template <int Rows, int Vectors>
inline void finish_tile(const Product& product, Tile<Rows, Vectors>& tile, std::size_t first, int columns) {
  if (product.swish) {
    const Exponential& k = exponential();
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) tile.sum[r][v] = swish_of<kLanes>(tile.sum[r][v], k);
  }
  const bool whole = columns >= Vectors * kLanes;
  if (product.residual) {
    const float* from = product.residual + first;
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r, from += product.out_stride)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v)
        tile.sum[r][v] += whole || v + 1 < Vectors ? load<kLanes>(from + v * kLanes)
                                                   : load_first<kLanes>(from + v * kLanes, columns - v * kLanes);
  }
  float* to = product.out + first;
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r, to += product.out_stride) {
#pragma GCC unroll 8
    for (int v = 0; v + 1 < Vectors; ++v) store<kLanes>(to + v * kLanes, tile.sum[r][v]);
    if (whole) {
      store<kLanes>(to + (Vectors - 1) * kLanes, tile.sum[r][Vectors - 1]);
    } else {
      store_first<kLanes>(to + (Vectors - 1) * kLanes, tile.sum[r][Vectors - 1], columns - (Vectors - 1) * kLanes);
    }
  }
}

template <int Rows, int Vectors>
void multiply_tile(const Product& product, int row, int column) {
  Tile<Rows, Vectors> tile;
  const std::size_t first = static_cast<std::size_t>(row) * product.out_stride + column;
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) tile.sum[r][v] = load<kLanes>(product.bias + column + v * kLanes);
  accumulate<Rows, Vectors>(tile, product.in + row * product.in_stride, product.in_stride,
                            product.weights + static_cast<std::size_t>(column) * product.depth, product.depth);
  finish_tile<Rows, Vectors>(product, tile, first, product.columns - column);
}

using TileFunction = void (*)(const Product&, int, int);
template <int Vectors, int Rows = kTileRows>
inline TileFunction tile_function(int rows) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return tile_function<Vectors, Rows - 1>(rows);
  }
  return multiply_tile<Rows, Vectors>;
}
template <int Vectors = kPanelVectors>
inline TileFunction tile_function(int rows, int vectors) {
  if constexpr (Vectors > 1) {
    if (vectors < Vectors) return tile_function<Vectors - 1>(rows, vectors);
  }
  return tile_function<Vectors>(rows);
}

// The rows of one panel in tiles of nearly the same height, so that none is much lower than the registers allow.
inline void multiply_panel(const Product& product, int column, int vectors) {
  const int tiles = (product.rows + kTileRows - 1) / kTileRows;
  const int height = product.rows / tiles, higher = product.rows % tiles;
  const TileFunction high = tile_function<>(height + 1 > kTileRows ? height : height + 1, vectors);
  const TileFunction low = tile_function<>(height, vectors);
  for (int i = 0, row = 0; i < tiles; row += height + (i < higher), ++i) (i < higher ? high : low)(product, row, column);
}

void multiply(const Product& product) {
  for (int column = 0; column < product.columns; column += kPanel) {
    const int vectors = (product.columns - column + kLanes - 1) / kLanes;
    multiply_panel(product, column, vectors < kPanelVectors ? vectors : kPanelVectors);
  }
}

// weights[k][·] = from[k][·]·gate[k] for every panel.
void scale_panels(const float* from, const float* gate, float* to, int depth, int columns) {
  for (int column = 0; column < columns; column += kPanel) {
    int vectors = (columns - column + kLanes - 1) / kLanes;
    vectors = vectors < kPanelVectors ? vectors : kPanelVectors;
    for (int k = 0; k < depth; ++k, from += vectors * kLanes, to += vectors * kLanes)
      for (int v = 0; v < vectors; ++v)
        store<kLanes>(to + v * kLanes, load<kLanes>(from + v * kLanes) * all<kLanes>(gate[k]));
  }
}

}  // namespace
}  // namespace effcam::nn
