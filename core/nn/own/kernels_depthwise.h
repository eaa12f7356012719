// Depthwise convolutions, row by row. Included by kernels_impl.h; see kernels_vectors.h for the rules.
//
// depthwise_line, the way forward, has its kernel and stride at compile time and reads rows that have been padded.
// depthwise_row, the way back, takes any taps and checks at the row's ends.
#pragma once

#include "nn/own/kernels_vectors.h"

namespace effcam::nn {
namespace {

// ---- depthwise rows ------------------------------------------------------------------------------------------------

// `Pixels` outputs beside each other, at one vector of channels; every tap is inside the row.
template <int N, int Pixels>
inline void inner_pixels(const DepthwiseRow& row, int i, int c) {
  Float<N> sum[Pixels] = {};
  const std::ptrdiff_t channels = row.channels, step = row.in_step * channels;
  for (const Tap *tap = row.taps.data(), *end = tap + row.taps.size(); tap != end; ++tap) {
    const Float<N> weight = load<N>(tap->weights + c);
    const float* from = tap->row + (static_cast<std::ptrdiff_t>(i) * row.in_step + tap->offset) * channels + c;
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p) sum[p] = multiply_add<N>(weight, load<N>(from + p * step), sum[p]);
  }
  for (int p = 0; p < Pixels; ++p)
    store<N>(row.out + static_cast<std::size_t>(i + p) * row.out_step * channels + c, sum[p]);
}

// One output at one vector of channels; taps outside the row are left out.
template <int N>
inline void edge_pixel(const DepthwiseRow& row, int i, int c) {
  Float<N> sum = {}, other = {};  // two chains: the taps depend on each other otherwise
  bool odd = false;
  for (const Tap *tap = row.taps.data(), *end = tap + row.taps.size(); tap != end; ++tap) {
    const int column = i * row.in_step + tap->offset;
    if (column < 0 || column >= row.width) continue;
    const Float<N> value = load<N>(tap->row + static_cast<std::size_t>(column) * row.channels + c);
    const Float<N> weight = load<N>(tap->weights + c);
    if (odd) {
      other = multiply_add<N>(weight, value, other);
    } else {
      sum = multiply_add<N>(weight, value, sum);
    }
    odd = !odd;
  }
  store<N>(row.out + static_cast<std::size_t>(i) * row.out_step * row.channels + c, sum + other);
}

// The outputs [first, last) whose taps all lie inside the row.
struct Inner {
  int first, last;
};
inline Inner inner_outputs(const DepthwiseRow& row) {
  int low = 0, high = 0;
  for (const Tap *tap = row.taps.data(), *end = tap + row.taps.size(); tap != end; ++tap) {
    low = tap->offset < low ? tap->offset : low;
    high = tap->offset > high ? tap->offset : high;
  }
  int first = (-low + row.in_step - 1) / row.in_step;
  int last = row.width - high > 0 ? (row.width - high - 1) / row.in_step + 1 : 0;
  last = last < row.count ? last : row.count;
  first = first < last ? first : last;
  return {first, last};
}

// All outputs of the row at one vector of channels.
template <int N>
inline void depthwise_lane(const DepthwiseRow& row, Inner inner, int c) {
  int i = 0;
  for (; i < inner.first; ++i) edge_pixel<N>(row, i, c);
  for (; i + 8 <= inner.last; i += 8) inner_pixels<N, 8>(row, i, c);
  if (i + 4 <= inner.last) inner_pixels<N, 4>(row, i, c), i += 4;
  if (i + 2 <= inner.last) inner_pixels<N, 2>(row, i, c), i += 2;
  for (; i < row.count; ++i) edge_pixel<N>(row, i, c);
}

void depthwise_row(const DepthwiseRow& row) {
  const Inner inner = inner_outputs(row);
  for_lanes(static_cast<std::size_t>(row.channels),
            [&]<int N>(std::size_t c) { depthwise_lane<N>(row, inner, static_cast<int>(c)); });
}

// ---- depthwise lines -----------------------------------------------------------------------------------------------

// Outputs at once: their sums and one row of weights stay in registers, of which AVX-512 has twice as many.
constexpr int kMostPixels = kLanes == 16 ? 16 : 8;

// Adds the rows' products to the sums of `Pixels` outputs beside each other, at one vector of channels: `at` floats from
// a row's start, `c` from the start of its weights. A row's columns are read from several places in turn: neighbours add to
// the same sums, and one addition would wait for the other.
template <int N, int Kernel, int Stride, int Pixels>
inline void add_rows(Float<N> (&sum)[Pixels], std::span<const DepthwiseLine::Row> rows, std::size_t at, int c,
                     std::size_t in_step, std::size_t weight_step) {
  constexpr int kColumns = (Pixels - 1) * Stride + Kernel;
  constexpr int kPlaces = Pixels < 4 ? 1 : Kernel == 3 ? 3 : 2;
  constexpr int kLength = (kColumns + kPlaces - 1) / kPlaces;
  for (const DepthwiseLine::Row *row = rows.data(), *end = row + rows.size(); row != end; ++row) {
    const float* weights = row->weights + c;
    Float<N> weight[Kernel];
#pragma GCC unroll 8
    for (int k = 0; k < Kernel; ++k, weights += weight_step) weight[k] = load<N>(weights);
    const float* from[kPlaces];
#pragma GCC unroll 4
    for (int place = 0; place < kPlaces; ++place) from[place] = row->in + at + place * kLength * in_step;
#pragma GCC unroll 32
    for (int step = 0; step < kLength; ++step) {
#pragma GCC unroll 4
      for (int place = 0; place < kPlaces; ++place) {
        const int column = place * kLength + step;
        if (column >= kColumns) continue;
        const Float<N> value = load<N>(from[place]);
        from[place] += in_step;
#pragma GCC unroll 16
        for (int p = 0; p < Pixels; ++p)
          if (column >= p * Stride && column < p * Stride + Kernel)
            sum[p] = multiply_add<N>(value, weight[column - p * Stride], sum[p]);
      }
      if (nowhere(from[0])) return;
    }
  }
}

// Whether all of a line's sums come before its first swish. A swish is a long chain: with a division at its end few of them
// fit in what a processor looks ahead, and each time that they come between sums they are waited for.
constexpr bool kSwishApart = kLanes == 4;

// out = swish(out) for `Pixels` outputs beside each other, at the channels from `c` on, vector by vector, below `end`;
// sums += their sums. `k`: the constants of a swish, or of a coarse one.
template <int N, int Pixels, class Constants>
inline void swish_pixels(float* out, std::size_t out_step, float* sums, int c, int end, const Constants& k) {
  for (; c + N <= end; c += N) {
    Float<N> total = load<N>(sums + c);
    float* at = out + c;
#pragma GCC unroll 16
    for (int p = 0; p < Pixels; ++p, at += out_step) {
      const Float<N> value = swish_of<N>(load<N>(at), k);
      store<N>(at, value);
      total += value;
    }
    store<N>(sums + c, total);
  }
}

template <int N, int Pixels>
EFFCAM_INLINE void store_pixels(const Float<N> (&values)[Pixels], float* to, std::size_t step) {
#pragma GCC unroll 16
  for (int p = 0; p < Pixels; ++p, to += step) store<N>(to, values[p]);
}

// `Pixels` outputs beside each other from column i, at the channels from `c` on, vector by vector, below `end`. The
// fields are copied: the compiler must take a store of vectors for a change of whatever lies in memory.
template <int N, int Kernel, int Stride, int Pixels>
void line_pixels(const DepthwiseLine& line, int i, int c, int end) {
  const std::span<const DepthwiseLine::Row> rows = line.rows;
  const std::size_t in_step = line.in_step, weight_step = line.weight_step;
  const std::size_t out_step = line.out_step, at = static_cast<std::size_t>(i) * out_step;
  const std::size_t before = static_cast<std::size_t>(i * Stride) * in_step;
  const float* const biases = line.bias;
  float* const out = line.out + at;
  float* const pre = line.pre ? line.pre + at : nullptr;
  float* const sums = line.sums;
  const int first = c;
  const bool is_coarse = line.coarse, past_caches = line.past_caches && can_pass_caches<N>(out + c, out_step);
  for (; c + N <= end; c += N) {
    const Float<N> bias = load<N>(biases + c);
    Float<N> sum[Pixels];
#pragma GCC unroll 16
    for (int p = 0; p < Pixels; ++p) sum[p] = bias;
    add_rows<N, Kernel, Stride, Pixels>(sum, rows, before + c, c, in_step, weight_step);
    if (pre) store_pixels<N>(sum, pre + c, out_step);
    if (kSwishApart || is_coarse) {
      store_pixels<N>(sum, out + c, out_step);
      continue;
    }
    Float<N> total = load<N>(sums + c);
    float* to = out + c;
    swish_each<N>(sum, [&](int, Float<N> value) {
      if (past_caches) {
        store_past_caches<N>(to, value);
      } else {
        store<N>(to, value);
      }
      to += out_step;
      total += value;
    });
    store<N>(sums + c, total);
  }
  if (is_coarse) {
    swish_pixels<N, Pixels>(out, out_step, sums, first, end, coarse<N>());
  } else if (kSwishApart) {
    swish_pixels<N, Pixels>(out, out_step, sums, first, end, exponential<N>());
  }
}

using LineFunction = void (*)(const DepthwiseLine&, int, int, int);
template <int N, int Kernel, int Stride, int Pixels = kMostPixels>
inline LineFunction line_function(int pixels) {
  if constexpr (Pixels > 1) {
    if (pixels < Pixels) return line_function<N, Kernel, Stride, Pixels - 1>(pixels);
  }
  return line_pixels<N, Kernel, Stride, Pixels>;
}

// Groups of nearly the same number of outputs; all channels of one group before the next: what they read is in cache.
template <int Kernel, int Stride>
inline void depthwise_line_of(const DepthwiseLine& line) {
  const int groups = (line.count + kMostPixels - 1) / kMostPixels;
  const int less = line.count / groups, larger = line.count % groups;
  const int whole = line.channels / kLanes * kLanes;
  for (int group = 0, i = 0; group < groups; ++group) {
    const int pixels = less + (group < larger);
    line_function<kLanes, Kernel, Stride>(pixels)(line, i, 0, whole);
    for_lanes(static_cast<std::size_t>(line.channels), [&]<int N>(std::size_t channel) {
      if constexpr (N < kLanes) {
        const int c = static_cast<int>(channel);
        int p = 0;
        for (; p + 4 <= pixels; p += 4) line_pixels<N, Kernel, Stride, 4>(line, i + p, c, c + N);
        for (; p < pixels; ++p) line_pixels<N, Kernel, Stride, 1>(line, i + p, c, c + N);
      }
    }, static_cast<std::size_t>(whole));
    i += pixels;
  }
}

bool depthwise_line(const DepthwiseLine& line, int kernel, int stride) {
  if (kernel == 3 && stride == 1) return depthwise_line_of<3, 1>(line), true;
  if (kernel == 3 && stride == 2) return depthwise_line_of<3, 2>(line), true;
  if (kernel == 5 && stride == 1) return depthwise_line_of<5, 1>(line), true;
  if (kernel == 5 && stride == 2) return depthwise_line_of<5, 2>(line), true;
  return false;
}

}  // namespace
}  // namespace effcam::nn
