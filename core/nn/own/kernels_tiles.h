// How a product of rows by panels of weights is divided into tiles whose sums stay in registers, and how a tile is stored.
// Included by kernels_impl.h; see kernels_vectors.h for the rules.
//
// The weights come in panels of kPanel columns: for each row of the matrix, the panel's values beside each other. The last
// panel is as many whole vectors wide as it needs.
#pragma once

#include "nn/own/kernels_vectors.h"

namespace effcam::nn {
namespace {

// A tile is kTileRows × (kPanel/kLanes) vectors: as many sums as the registers hold beside one row of weights.
#if EFFCAM_LANES == 16
constexpr int kTileRows = 8, kPanelVectors = 3;  // 24 of 32 registers
#elif EFFCAM_LANES == 8
constexpr int kTileRows = 4, kPanelVectors = 3;  // 12 of 16
#elif defined(__wasm_relaxed_simd__)
constexpr int kTileRows = 6, kPanelVectors = 2;  // 12 of 15 that V8 gives
#else
constexpr int kTileRows = 5, kPanelVectors = 2;  // 10: the steps of a product without relaxed instructions need some
#endif
constexpr int kPanel = kPanelVectors * kLanes;
template <class P>
constexpr int kRowsOfTile = kTileRows;
constexpr int kSteps = 4;  // words of a row in one turn of a loop

template <int Rows, int Vectors>
struct Tile {
  Float<kLanes> sum[Rows * Vectors];
  Float<kLanes>& at(int r, int v) { return sum[r * Vectors + v]; }
};

// Where a tile's output goes, and what is added to it. Copies of a product's fields: the compiler must take a store of
// vectors for a change of whatever lies in memory.
struct Finish {
  float* out;
  const float* residual;
  std::size_t stride;
  int columns;  // of the tile that exist: the last vector may be cut
};

template <int Vectors>
EFFCAM_INLINE Float<kLanes> load_vector(const float* from, int v, int columns) {
  return v + 1 < Vectors || columns >= Vectors * kLanes ? load<kLanes>(from + v * kLanes)
                                                        : load_first<kLanes>(from + v * kLanes, columns - v * kLanes);
}
template <int Vectors>
EFFCAM_INLINE void store_vector(float* to, Float<kLanes> value, int v, int columns) {
  if (v + 1 < Vectors || columns >= Vectors * kLanes) return store<kLanes>(to + v * kLanes, value);
  store_first<kLanes>(to + v * kLanes, value, columns - v * kLanes);
}

template <int Rows, int Vectors>
inline void finish_tile(const Finish& finish, Tile<Rows, Vectors>& tile) {
  const std::size_t stride = finish.stride;
  const int columns = finish.columns;
  if (finish.residual) {
    const float* from = finish.residual;
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r, from += stride)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) tile.at(r, v) += load_vector<Vectors>(from, v, columns);
  }
  float* to = finish.out;
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r, to += stride)
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) store_vector<Vectors>(to, tile.at(r, v), v, columns);
}

// `tiles` tiles below each other, from `row`, in the panel at `column`: kernels_quantized.h.
struct Dots;
struct Pairs;
template <int Rows, int Vectors>
void multiply_tiles(const Dots& product, std::size_t row, std::size_t tiles, int column);
template <int Rows, int Vectors>
void multiply_tiles(const Pairs& product, std::size_t row, std::size_t tiles, int column);

template <class P>
using TilesFunction = void (*)(const P&, std::size_t, std::size_t, int);
template <class P, int Vectors, int Rows = kRowsOfTile<P>>
inline TilesFunction<P> tiles_of_rows(int rows) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return tiles_of_rows<P, Vectors, Rows - 1>(rows);
  }
  return multiply_tiles<Rows, Vectors>;
}
template <class P, int Vectors = kPanelVectors>
inline TilesFunction<P> tiles_function(int rows, int vectors) {
  if constexpr (Vectors > 1) {
    if (vectors < Vectors) return tiles_function<P, Vectors - 1>(rows, vectors);
  }
  return tiles_of_rows<P, Vectors>(rows);
}

// The rows of one panel in tiles of nearly the same height, so that none is much lower than the registers allow.
template <class P>
inline void multiply_panel(const P& product, int column, int vectors) {
  const std::size_t tiles = (product.rows + kRowsOfTile<P> - 1) / kRowsOfTile<P>;
  const int height = static_cast<int>(product.rows / tiles);
  const std::size_t higher = product.rows % tiles;
  if (higher > 0) tiles_function<P>(height + 1, vectors)(product, 0, higher, column);
  tiles_function<P>(height, vectors)(product, higher * (height + 1), tiles - higher, column);
}

template <class P>
inline void multiply_panels(const P& product) {
  for (int column = 0; column < product.columns; column += kPanel) {
    const int vectors = (product.columns - column + kLanes - 1) / kLanes;
    multiply_panel(product, column, vectors < kPanelVectors ? vectors : kPanelVectors);
  }
}

}  // namespace
}  // namespace effcam::nn
