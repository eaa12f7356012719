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
constexpr int kTileRows = 6, kPanelVectors = 2;  // 12 of 15 that V8 gives
#else
constexpr int kTileRows = 5, kPanelVectors = 2;  // 10: without a fused multiply-add each product needs one more
#endif
constexpr int kPanel = kPanelVectors * kLanes;
template <class P>
constexpr int kRowsOfTile = kTileRows;
constexpr int kSteps = 4;  // rows of weights in one turn of the loop

template <int Rows, int Vectors>
struct Tile {
  Float<kLanes> sum[Rows * Vectors];
  Float<kLanes>& at(int r, int v) { return sum[r * Vectors + v]; }
};

// One row of the weights, the `step`th from where the pointers stand, into all sums.
template <int Rows, int Vectors>
inline void add_products(Tile<Rows, Vectors>& t, const float* (&row)[Rows], const float*& weights, int step) {
  pin(weights);
  Float<kLanes> w[Vectors];
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v) w[v] = load<kLanes>(weights + (step * Vectors + v) * kLanes);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    pin(row[r]);
    const Float<kLanes> x = all<kLanes>(row[r][step]);
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) t.at(r, v) = multiply_add<kLanes>(x, w[v], t.at(r, v));
  }
}

constexpr int kLine = 64 / sizeof(float);  // of the cache

// Weights that will be wanted next, asked for evenly over the tiles of the panel before: `lines` of the cache, every so many
// turns of a tile's loop, and next after `wait` turns.
struct Ahead {
  const float* at;
  int lines, every, wait = 1;
};
// Beside short vectors a loop would cost more than it asks for.
constexpr bool kOneLine = kLanes == 4;
template <int Vectors>
inline Ahead ahead_of(const float* weights, int depth, int tiles) {
  constexpr int kLines = kSteps * Vectors * kLanes / kLine;  // of one turn
  const std::size_t panel = static_cast<std::size_t>(depth) * Vectors * kLanes;
  Ahead ahead{weights + panel, kOneLine ? 1 : (kLines + tiles - 1) / tiles, tiles > kLines ? tiles / kLines : 1};
  constexpr int kNever = 0x7fffffff;  // more turns than there are
  if (!may_prefetch(ahead.at, 2 * panel)) ahead.wait = kNever;
  return ahead;
}

// The sums over the depth (at least 1), from what they start with. The pointers move once in kSteps rows: in WebAssembly
// their steps would be half as many instructions as the products are. The way out after each row also keeps the compiler
// from loading several rows of weights before it needs them, for which there are no registers.
template <int Rows, int Vectors>
inline void accumulate(Tile<Rows, Vectors>& tile, const float* in, std::size_t stride, const float* weights, int depth,
                       Ahead& ahead) {
  const float* next = ahead.at;
  const int lines = kOneLine ? 1 : ahead.lines, every = ahead.every;
  int wait = ahead.wait;
  Tile<Rows, Vectors> t = tile;
  const float* row[Rows];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) row[r] = in + r * stride;
  for (;;) {
#pragma GCC unroll 8
    for (int step = 0; step < kSteps; ++step) {
      add_products<Rows, Vectors>(t, row, weights, step);
      if (--depth == 0) {
        tile = t;
        ahead.at = next;
        ahead.wait = wait;
        return;
      }
    }
    weights += kSteps * Vectors * kLanes;
    if (--wait == 0) {
      for (int line = 0; line < lines; ++line, next += kLine) prefetch_far(next);
      wait = every;
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      row[r] += kSteps;
      prefetch(row[r] + Rows * stride);
    }
  }
}

// Where a tile's output goes, and what follows its sums. Copies of a Product's fields: the compiler must take a store of
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

template <int Rows, int Vectors, bool Swish>
inline void finish_tile(const Finish& finish, Tile<Rows, Vectors>& tile) {
  float* const out = finish.out;
  const std::size_t stride = finish.stride;
  const int columns = finish.columns;
  if constexpr (Swish) {
    if (!finish.residual) {
      float* to = out;
      return swish_each<kLanes>(tile.sum, [&](int i, Float<kLanes> value) {
        store_vector<Vectors>(to, value, i % Vectors, columns);
        if (i % Vectors == Vectors - 1) to += stride;
      });
    }
    swish_each<kLanes>(tile.sum, [&](int i, Float<kLanes> value) { tile.sum[i] = value; });
  }
  if (finish.residual) {
    const float* from = finish.residual;
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r, from += stride)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) tile.at(r, v) += load_vector<Vectors>(from, v, columns);
  }
  float* to = out;
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r, to += stride)
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) store_vector<Vectors>(to, tile.at(r, v), v, columns);
}

// What the sums begin with.
template <int Rows, int Vectors>
EFFCAM_INLINE Tile<Rows, Vectors> first_sums(const float* bias) {
  Tile<Rows, Vectors> tile;
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v) tile.at(0, v) = load<kLanes>(bias + v * kLanes);
#pragma GCC unroll 8
  for (int r = 1; r < Rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) tile.at(r, v) = tile.at(0, v);
  return tile;
}

// `tiles` tiles below each other, from `row`, in the panel at `column`.
template <int Rows, int Vectors, bool Swish>
void multiply_tiles(const Product& product, int row, int tiles, int column) {
  const std::size_t stride = product.in_stride, first = static_cast<std::size_t>(row) * product.out_stride + column;
  const float* const weights = product.weights + static_cast<std::size_t>(column) * product.depth;
  const float* const bias = product.bias + column;
  const float* in = product.in + row * stride;
  const int depth = product.depth;
  Finish finish{product.out + first, product.residual ? product.residual + first : nullptr, product.out_stride,
                product.columns - column};
  Ahead ahead = ahead_of<Vectors>(weights, depth, tiles);
  for (int i = 0; i < tiles; ++i) {
    Tile<Rows, Vectors> tile = first_sums<Rows, Vectors>(bias);
    accumulate<Rows, Vectors>(tile, in, stride, weights, depth, ahead);
    finish_tile<Rows, Vectors, Swish>(finish, tile);
    in += Rows * stride;
    finish.out += Rows * finish.stride;
    if (finish.residual) finish.residual += Rows * finish.stride;
  }
}

// The same for quantised rows: kernels_quantized.h.
struct Dots;
struct Pairs;
template <int Rows, int Vectors, bool Swish>
void multiply_tiles(const Dots& product, int row, int tiles, int column);
template <int Rows, int Vectors, bool Swish>
void multiply_tiles(const Pairs& product, int row, int tiles, int column);

template <class P>
using TilesFunction = void (*)(const P&, int, int, int);
template <class P, int Vectors, bool Swish, int Rows = kRowsOfTile<P>>
inline TilesFunction<P> tiles_function(int rows) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return tiles_function<P, Vectors, Swish, Rows - 1>(rows);
  }
  return multiply_tiles<Rows, Vectors, Swish>;
}
template <class P, int Vectors = kPanelVectors>
inline TilesFunction<P> tiles_function(const P& product, int rows, int vectors) {
  if constexpr (Vectors > 1) {
    if (vectors < Vectors) return tiles_function<P, Vectors - 1>(product, rows, vectors);
  }
  if constexpr (requires { product.swish; }) {
    if (product.swish) return tiles_function<P, Vectors, true>(rows);
  }
  return tiles_function<P, Vectors, false>(rows);
}

// The rows of one panel in tiles of nearly the same height, so that none is much lower than the registers allow.
template <class P>
inline void multiply_panel(const P& product, int column, int vectors) {
  const int tiles = (product.rows + kRowsOfTile<P> - 1) / kRowsOfTile<P>;
  const int height = product.rows / tiles, higher = product.rows % tiles;
  if (higher > 0) tiles_function<P>(product, height + 1, vectors)(product, 0, higher, column);
  tiles_function<P>(product, height, vectors)(product, higher * (height + 1), tiles - higher, column);
}

template <class P>
inline void multiply_panels(const P& product) {
  for (int column = 0; column < product.columns; column += kPanel) {
    const int vectors = (product.columns - column + kLanes - 1) / kLanes;
    multiply_panel(product, column, vectors < kPanelVectors ? vectors : kPanelVectors);
  }
}

[[maybe_unused]] void multiply(const Product& product) { multiply_panels(product); }

}  // namespace
}  // namespace effcam::nn
