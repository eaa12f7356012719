// Products of quantised rows and weights, in the tiles of kernels_tiles.h; and the quantisation of rows. Included by
// kernels_impl.h; see kernels_vectors.h for the rules.
//
// Four values of a row beside each other are a word; a vector of weights has such a word for each of its columns. One
// step multiplies a word of the row by it and adds the four products of each column to the column's sum.
//
// Where an instruction does all of that (VNNI, or ARM's dot products) a step is one word: Dots. Elsewhere bytes are first
// multiplied and added in pairs to 16 bits, and these again to 32: Pairs, which adds the pairs of two words before the
// second step, as the weights are packed so that 16 bits hold them (nn/quantized_panels.h). Both are exact.
//
// XNNPACK's own 8-bit products (qd8_f32_qc8w) take 1.1 to 1.2 of the time of these natively, 2.0 to 2.2 in Chromium, and
// have 0.63 of their error, as they quantise rows to eight bits (scripts/bench_int8; docs/performance.md).
#pragma once

#include "nn/own/kernels_tiles.h"

namespace effcam::nn {
namespace {

// ---- vectors of words ----------------------------------------------------------------------------------------------

using Words = typename Lanes<kLanes>::Int;
typedef unsigned UnsignedWords __attribute__((vector_size(kLanes * 4)));
typedef Words UnalignedWords __attribute__((aligned(1), may_alias));
typedef int UnalignedWord __attribute__((aligned(1), may_alias));

inline Words load_words(const std::int8_t* from) { return *reinterpret_cast<const UnalignedWords*>(from); }
inline Words all_words(const std::uint8_t* from) { return *reinterpret_cast<const UnalignedWord*>(from) - Words{}; }

// Sixteen bits each: the sums of two products of values (0 … 127) and weights (−127 … 127). And such sums, two by two.
#if defined(__wasm_relaxed_simd__)
inline Words pairs_of(Words values, Words weights) {
  return (Words)wasm_i16x8_relaxed_dot_i8x16_i7x16((v128_t)weights, (v128_t)values);
}
inline Words add_pairs(Words a, Words b) { return (Words)wasm_i16x8_add((v128_t)a, (v128_t)b); }
inline Words sums_of(Words pairs, Words ones) { return (Words)wasm_i32x4_dot_i16x8((v128_t)pairs, (v128_t)ones); }
#elif EFFCAM_LANES == 16
inline Words pairs_of(Words values, Words weights) {
  return (Words)_mm512_maddubs_epi16((__m512i)values, (__m512i)weights);
}
inline Words add_pairs(Words a, Words b) { return (Words)_mm512_add_epi16((__m512i)a, (__m512i)b); }
inline Words sums_of(Words pairs, Words ones) { return (Words)_mm512_madd_epi16((__m512i)pairs, (__m512i)ones); }
#elif EFFCAM_LANES == 8
inline Words pairs_of(Words values, Words weights) {
  return (Words)_mm256_maddubs_epi16((__m256i)values, (__m256i)weights);
}
inline Words add_pairs(Words a, Words b) { return (Words)_mm256_add_epi16((__m256i)a, (__m256i)b); }
inline Words sums_of(Words pairs, Words ones) { return (Words)_mm256_madd_epi16((__m256i)pairs, (__m256i)ones); }
#endif
#if defined(__wasm_relaxed_simd__) || EFFCAM_LANES >= 8
#define EFFCAM_HAS_PAIRS
#endif

// sums + the dot products of their columns' four weights and the row's four values.
#if defined(__wasm_relaxed_simd__)
inline Words add_dots(Words sums, Words values, Words weights) {
  return (Words)wasm_i32x4_relaxed_dot_i8x16_i7x16_add((v128_t)weights, (v128_t)values, (v128_t)sums);
}
#elif defined(__AVX512VNNI__) && EFFCAM_LANES == 16
inline Words add_dots(Words sums, Words values, Words weights) {
  return (Words)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)values, (__m512i)weights);
}
#elif defined(EFFCAM_HAS_PAIRS)
inline Words add_dots(Words sums, Words values, Words weights) {
  return sums + sums_of(pairs_of(values, weights), Words{} + 0x00010001);
}
#elif defined(__wasm_simd128__) || defined(__SSE2__)
typedef short Shorts __attribute__((vector_size(16)));
inline Words dot_pairs(Shorts a, Shorts b) {
#ifdef __wasm_simd128__
  return (Words)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
#else
  return (Words)_mm_madd_epi16((__m128i)a, (__m128i)b);
#endif
}
// The even bytes and the odd ones, as 16 bits each.
inline Words add_dots(Words sums, Words values, Words weights) {
  const Shorts w = (Shorts)weights;
  return sums + dot_pairs((Shorts)(values & 0x00ff00ff), (w << 8) >> 8) +
         dot_pairs((Shorts)((values >> 8) & 0x00ff00ff), w >> 8);
}
#else
inline Words add_dots(Words sums, Words values, Words weights) {
  for (int byte = 0; byte < 32; byte += 8) sums += ((values >> byte) & 0xff) * ((weights << (24 - byte)) >> 24);
  return sums;
}
#endif

// ---- products ------------------------------------------------------------------------------------------------------

struct Dots : QuantizedProduct {};
struct Pairs : QuantizedProduct {};

#if EFFCAM_LANES == 16
template <>
constexpr int kRowsOfTile<Pairs> = 6;  // beside the sums: two rows of weights, the pairs, the ones
#elif EFFCAM_LANES == 8 || defined(__wasm_relaxed_simd__)
template <>
constexpr int kRowsOfTile<Pairs> = 3;
#endif

template <int Rows, int Vectors>
struct WordTile {
  Words sum[Rows][Vectors];
};

// One row of words of the weights, the `step`th from where the pointers stand, into all sums.
template <int Rows, int Vectors>
inline void add_words(WordTile<Rows, Vectors>& t, const std::uint8_t* (&row)[Rows], const std::int8_t*& weights,
                      int step) {
  pin(weights);
  Words w[Vectors];
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v) w[v] = load_words(weights + (step * Vectors + v) * kLanes * 4);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    pin(row[r]);
    const Words x = all_words(row[r] + step * 4);
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) t.sum[r][v] = add_dots(t.sum[r][v], x, w[v]);
  }
}

// Where a tile reads.
template <int Rows>
struct WordReader {
  const std::uint8_t* row[Rows];
  const std::int8_t* weights;
  void move(int words, int bytes_a_word) {
    weights += words * bytes_a_word;
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) row[r] += words * 4;
  }
};

// The sums over `words` words (at least 1); see accumulate().
template <int Rows, int Vectors>
EFFCAM_INLINE void accumulate_words(const Dots&, WordTile<Rows, Vectors>& tile, WordReader<Rows> at, int words) {
  WordTile<Rows, Vectors> t = tile;
  for (;;) {
#pragma GCC unroll 8
    for (int step = 0; step < kSteps; ++step) {
      add_words<Rows, Vectors>(t, at.row, at.weights, step);
      if (--words == 0) {
        tile = t;
        return;
      }
    }
    at.move(kSteps, Vectors * kLanes * 4);
  }
}

#ifdef EFFCAM_HAS_PAIRS
// 16-bit ones. From memory in WebAssembly: V8 makes a constant again wherever it is used.
inline Words ones_of_pairs() {
#ifdef __wasm__
  static constexpr std::int32_t kOnes[] = {0x00010001, 0x00010001, 0x00010001, 0x00010001};
  const std::int32_t* ones = kOnes;
  pin(ones);
  return load_words(reinterpret_cast<const std::int8_t*>(ones));
#else
  return Words{} + 0x00010001;
#endif
}

// Two rows of words, from the `step`th on.
template <int Rows, int Vectors>
inline void add_two(WordTile<Rows, Vectors>& t, WordReader<Rows>& at, int step, Words ones) {
  pin(at.weights);
  Words w[2][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < 2 * Vectors; ++i)
    w[i / Vectors][i % Vectors] = load_words(at.weights + (step * Vectors + i) * kLanes * 4);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    pin(at.row[r]);
    const Words x = all_words(at.row[r] + step * 4), y = all_words(at.row[r] + (step + 1) * 4);
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v)
      t.sum[r][v] += sums_of(add_pairs(pairs_of(x, w[0][v]), pairs_of(y, w[1][v])), ones);
  }
}

template <int Rows, int Vectors>
EFFCAM_INLINE void accumulate_twos(WordTile<Rows, Vectors>& tile, WordReader<Rows> at, int twos, Words ones) {
  WordTile<Rows, Vectors> t = tile;
  for (;;) {
#pragma GCC unroll 8
    for (int step = 0; step < kSteps; step += 2) {
      add_two<Rows, Vectors>(t, at, step, ones);
      if (--twos == 0) {
        tile = t;
        return;
      }
    }
    at.move(kSteps, Vectors * kLanes * 4);
  }
}

template <int Rows, int Vectors>
EFFCAM_INLINE void accumulate_words(const Pairs&, WordTile<Rows, Vectors>& tile, WordReader<Rows> at, int words) {
  if (words > 1) accumulate_twos(tile, at, words / 2, ones_of_pairs());
  if (words % 2 == 0) return;
  at.move(words - 1, Vectors * kLanes * 4);
  accumulate_words(Dots{}, tile, at, 1);
}
#endif

// Of each column of a panel, what its sums become values by.
struct Columns {
  const float *scales, *sums, *bias;
};

template <int Rows, int Vectors>
inline Tile<Rows, Vectors> values_of(const WordTile<Rows, Vectors>& words, const RowRange* ranges,
                                     const Columns& columns) {
  Tile<Rows, Vectors> tile;
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v) {
    const Float<kLanes> scale = load<kLanes>(columns.scales + v * kLanes);
    const Float<kLanes> sum = load<kLanes>(columns.sums + v * kLanes);
    const Float<kLanes> bias = load<kLanes>(columns.bias + v * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const Float<kLanes> base = multiply_add<kLanes>(all<kLanes>(ranges[r].least), sum, bias);
      const Float<kLanes> product = __builtin_convertvector(words.sum[r][v], Float<kLanes>) * scale;
      tile.at(r, v) = multiply_add<kLanes>(all<kLanes>(ranges[r].step), product, base);
    }
  }
  return tile;
}

template <int Rows, int Vectors, class P>
inline void multiply_word_tiles(const P& product, std::size_t row, std::size_t tiles, int column) {
  const std::size_t stride = product.in_stride, first = row * product.out_stride + column;
  const std::int8_t* const weights = product.weights + static_cast<std::size_t>(column) * product.depth;
  const Columns columns{product.scales + column, product.sums + column, product.bias + column};
  const std::uint8_t* in = product.in + row * stride;
  const RowRange* ranges = product.ranges + row;
  const int words = product.depth / 4;
  Finish finish{product.out + first, product.residual ? product.residual + first : nullptr, product.out_stride,
                product.columns - column};
  for (std::size_t i = 0; i < tiles; ++i) {
    WordTile<Rows, Vectors> sums = {};
    WordReader<Rows> at;
    at.weights = weights;
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) at.row[r] = in + r * stride;
    accumulate_words(product, sums, at, words);
    Tile<Rows, Vectors> tile = values_of(sums, ranges, columns);
    finish_tile<Rows, Vectors>(finish, tile);
    in += Rows * stride;
    ranges += Rows;
    finish.out += Rows * finish.stride;
    if (finish.residual) finish.residual += Rows * finish.stride;
  }
}

template <int Rows, int Vectors>
void multiply_tiles(const Dots& product, std::size_t row, std::size_t tiles, int column) {
  multiply_word_tiles<Rows, Vectors>(product, row, tiles, column);
}
template <int Rows, int Vectors>
void multiply_tiles(const Pairs& product, std::size_t row, std::size_t tiles, int column) {
  multiply_word_tiles<Rows, Vectors>(product, row, tiles, column);
}

[[maybe_unused]] void multiply_dots(const QuantizedProduct& product) { multiply_panels(Dots{product}); }
#ifdef EFFCAM_HAS_PAIRS
[[maybe_unused]] void multiply_pairs(const QuantizedProduct& product) { multiply_panels(Pairs{product}); }
#endif

// ---- quantising ----------------------------------------------------------------------------------------------------

// A row of floats, times its gates where there are any.
template <bool Gated>
struct GatedRow {
  const float* in;
  const float* gates;
  template <int N>
  EFFCAM_INLINE Float<N> at(std::size_t i) const {
    return Gated ? load<N>(in + i) * load<N>(gates + i) : load<N>(in + i);
  }
  template <int N>
  Float<N> first_at(std::size_t i, int count) const {
    const Float<N> x = load_first<N>(in + i, count);
    return Gated ? x * load_first<N>(gates + i, count) : x;
  }
};

// combine() over the lanes of each of four vectors, beside each other.
template <int N, class Combine>
EFFCAM_INLINE Float<4> reduced(const Float<N> (&x)[4], const Combine& combine) {
  if constexpr (N == 1) {
    return Float<4>{x[0][0], x[1][0], x[2][0], x[3][0]};
  } else if constexpr (N == 4) {
    const Float<4> a = combine.template operator()<4>(__builtin_shufflevector(x[0], x[1], 0, 4, 1, 5),
                                                      __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7));
    const Float<4> b = combine.template operator()<4>(__builtin_shufflevector(x[2], x[3], 0, 4, 1, 5),
                                                      __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7));
    return combine.template operator()<4>(__builtin_shufflevector(a, b, 0, 1, 4, 5),
                                          __builtin_shufflevector(a, b, 2, 3, 6, 7));
  } else {
    Float<N / 2> halves[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      float lanes[N];
      store<N>(lanes, x[i]);
      halves[i] = combine.template operator()<N / 2>(load<N / 2>(lanes), load<N / 2>(lanes + N / 2));
    }
    return reduced<N / 2>(halves, combine);
  }
}

constexpr auto kLeast = []<int N>(Float<N> x, Float<N> y) { return least<N>(x, y); };
constexpr auto kMost = []<int N>(Float<N> x, Float<N> y) { return most<N>(x, y); };
constexpr auto kSum = []<int N>(Float<N> x, Float<N> y) { return x + y; };

// Rows whose ranges are made together.
constexpr int kRowsAtOnce = 4;

// The least and the largest of each lane of some rows, and the sum of zero times each value. A value that is not finite
// makes that sum, and so the step and all that the row becomes, not a number: an answer never hides it.
template <int N>
struct Extremes {
  Float<N> low[kRowsAtOnce], high[kRowsAtOnce], nothing[kRowsAtOnce];

  // Two vectors at a time, as each sum of zeros waits for the one before it; the last two overlap those before. At least N
  // values.
  template <class Row>
  EFFCAM_INLINE void see(int r, const Row& row, std::size_t depth) {
    const std::size_t apart = depth < 2 * N ? depth - N : N, last = depth - N - apart;
    Float<N> least_seen = row.template at<N>(0), most_seen = least_seen, zeros = {}, more_zeros = {};
    for (std::size_t i = 0;; i += 2 * N) {
      i = i < last ? i : last;
      const Float<N> x = row.template at<N>(i), y = row.template at<N>(i + apart);
      least_seen = least<N>(least_seen, least<N>(x, y));
      most_seen = most<N>(most_seen, most<N>(x, y));
      zeros = multiply_add<N>(x, Float<N>{}, zeros);
      more_zeros = multiply_add<N>(y, Float<N>{}, more_zeros);
      if (i == last) break;
    }
    low[r] = least_seen;
    high[r] = most_seen;
    nothing[r] = zeros + more_zeros;
  }
};

template <class Row>
inline void ranges_of(const Row (&rows)[kRowsAtOnce], int depth, RowRange (&ranges)[kRowsAtOnce]) {
  const auto to_ranges = [&]<int N>() {
    Extremes<N> seen;
    for (int r = 0; r < kRowsAtOnce; ++r) seen.see(r, rows[r], static_cast<std::size_t>(depth));
    const Float<4> least = reduced<N>(seen.low, kLeast);
    const Float<4> step = (reduced<N>(seen.high, kMost) - least) / static_cast<float>(kMostQuantized) +
                          reduced<N>(seen.nothing, kSum);
    for (int r = 0; r < kRowsAtOnce; ++r) ranges[r] = {least[r], step[r]};
  };
  return depth < kLanes ? to_ranges.template operator()<1>() : to_ranges.template operator()<kLanes>();
}

// Values to their nearest quantised ones: adding 1.5·2^23 leaves them in the low bits of the mantissa. What else is in the
// bits of four such sums that become a word is taken away from it at once.
struct RoundingConstants {
  float round[4] = {12582912, 12582912, 12582912, 12582912};  // as bits 0x4b400000
  std::uint32_t rest[4] = {0x8b400000, 0x8b400000, 0x8b400000, 0x8b400000};  // that, and it shifted by 8
};
constexpr RoundingConstants kRounding;

struct Rounding {
  Float<kLanes> least, factor, round;
  UnsignedWords rest;  // sums pass the largest integer on their way
  explicit Rounding(RowRange range)
      : least(all<kLanes>(range.least)), factor(all<kLanes>(range.step > 1e-30f ? 1 / range.step : 0)) {
    const RoundingConstants* constants = &kRounding;
    pin(constants);
    round = constant<kLanes>(constants->round);
#ifdef __wasm__
    rest = (UnsignedWords)load_words(reinterpret_cast<const std::int8_t*>(constants->rest));
#else
    rest = UnsignedWords{} + constants->rest[0];
#endif
  }
  // Four vectors of values: byte k of a lane is of x[k].
  EFFCAM_INLINE Words words_of(const Float<kLanes> (&x)[4]) const {
    UnsignedWords sum = -rest;
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum += (UnsignedWords)multiply_add<kLanes>(x[k] - least, factor, round) << (8 * k);
    return (Words)sum;
  }
};

// Byte k of word i is value k·N + i of a group of N words (quantized_order): they need no shuffling of bytes. N is the
// lanes of a vector, and what is left for the last group.
template <class Row>
inline void quantize_row(const Row& row, int depth, RowRange range, std::uint8_t* out) {
  const Rounding rounding(range);
  const std::size_t whole = static_cast<std::size_t>(depth) / 4;
  std::size_t word = 0;
  Float<kLanes> x[4];
  for (; word + kLanes <= whole; word += kLanes) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) x[k] = row.template at<kLanes>(word * 4 + k * kLanes);
    *reinterpret_cast<UnalignedWords*>(out + word * 4) = rounding.words_of(x);
  }
  if (const std::size_t left = whole - word; left > 0) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
      const std::size_t at = word * 4 + k * left;
      x[k] = at + kLanes <= static_cast<std::size_t>(depth) ? row.template at<kLanes>(at)
                                                            : row.template first_at<kLanes>(at, static_cast<int>(left));
    }
    store_first<kLanes>(reinterpret_cast<float*>(out + word * 4), (Float<kLanes>)rounding.words_of(x), static_cast<int>(left));
  }
  if (depth % 4 == 0) return;
  for (int k = 0; k < 4; ++k) {
    const std::size_t at = whole * 4 + k;
    const bool there = at < static_cast<std::size_t>(depth);
    x[0] = all<kLanes>(there ? row.template at<1>(at)[0] : range.least);
    x[1] = x[2] = x[3] = x[0];
    out[at] = there ? static_cast<std::uint8_t>(rounding.words_of(x)[0]) : 0;
  }
}

template <bool Gated>
inline void quantize_rows(const Quantization& q) {
  const std::size_t bytes = static_cast<std::size_t>(q.depth + 3) / 4 * 4;
  for (int first = 0; first < q.rows; first += kRowsAtOnce) {
    const int count = q.rows - first < kRowsAtOnce ? q.rows - first : kRowsAtOnce;
    GatedRow<Gated> rows[kRowsAtOnce];
    for (int r = 0; r < kRowsAtOnce; ++r) {  // the last ones are there several times where there are fewer
      const int row = first + (r < count ? r : count - 1);
      rows[r] = {q.in + static_cast<std::size_t>(row) * q.depth, q.gates};
    }
    RowRange ranges[kRowsAtOnce];
    ranges_of(rows, q.depth, ranges);
    for (int r = 0; r < count; ++r) {
      q.ranges[first + r] = ranges[r];
      quantize_row(rows[r], q.depth, ranges[r], q.out + static_cast<std::size_t>(first + r) * bytes);
    }
  }
}

[[maybe_unused]] void quantize(const Quantization& q) { return q.gates ? quantize_rows<true>(q) : quantize_rows<false>(q); }

}  // namespace
}  // namespace effcam::nn
