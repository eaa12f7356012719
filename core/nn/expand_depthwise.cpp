#include "nn/expand_depthwise.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/result.h"

namespace effcam::nn {

namespace {

constexpr int kGroup = 48;  // channels at a time: a few vectors of every instruction set, and a divisor of most widths
constexpr int kTiles = 3;   // of an expansion's outputs, where they are wide: an operator's rows are read once for all
constexpr int kMostKernel = 5;
// Pixels that are expanded at once, wherever rows end: whole tiles of 2, 3, 4, 6 and 7 rows, as XNNPACK's kernels have them.
constexpr int kExpandedPixels = 84;

// An output of more bytes than this has left the second cache, and much of the third, when it is read again: it goes to
// memory straight away. (Of the third a core has a share that cannot be asked for.)
constexpr std::size_t kFarBytes = std::size_t{6} << 20;

int divide_up(int a, int b) { return (a + b - 1) / b; }

// How many bands of rows make the groups that are left over, when every thread has as many whole ones, a task or more for
// each thread. What a band makes twice are the rows that its neighbour sees too.
int bands_of(int left, int rows, int kernel, int threads) {
  if (left == 0) return 1;
  const int even = threads / std::gcd(left, threads);
  return std::clamp(rows / (2 * kernel), 1, even);
}

// How many bands are made of all groups: as many for each thread as give it a few tasks, where the rows that two bands see
// are few beside all; none (1) otherwise.
int bands_of_all(int groups, int rows, const Depthwise& depthwise, int threads) {
  constexpr int kPercent = 8;
  if (threads == 1) return 1;
  const int again = std::max(depthwise.kernel() - depthwise.stride(), 1);
  const int cheap = 1 + rows * depthwise.stride() * kPercent / (100 * again);
  const int rounds = std::min(divide_up(ThreadPool::kLeastTasks, groups), cheap / threads);
  return std::max(rounds * threads, 1);
}

// Channels at a time of an expansion whose outputs come in tiles of so many.
int group_of(int tile) { return std::max(kGroup / tile, tile > kGroup / kTiles ? kTiles : 1) * tile; }

}  // namespace

Status ExpandDepthwise::plan(const xnnpack::PackedWeights* expand, const Depthwise& depthwise, const Shape& input,
                             const Shape& output, const Pads& pads, int threads, const QuantizedPanels* quantized) {
  EFFCAM_CHECK((depthwise.kernel() == 3 || depthwise.kernel() == kMostKernel) && depthwise.stride() <= 2);
  expand_ = expand;
  quantized_ = quantized;
  depthwise_ = &depthwise;
  input_ = input;
  output_ = output;
  pads_ = pads;
  threads_ = threads;
  group_ = group_of(expand ? expand->tile() : quantized ? kernels().panel : kernels().lanes);
  groups_ = divide_up(output.channels, group_);
  whole_ = groups_ * output.images / threads * threads;
  bands_ = bands_of(groups_ * output.images - whole_, output.height, depthwise.kernel(), threads);
  if (const int bands = bands_of_all(groups_ * output.images, output.height, depthwise, threads); bands > 1) {
    whole_ = 0;
    bands_ = bands;
  }
  row_pixels_ = std::max((output.width - 1) * depthwise.stride() + depthwise.kernel(), pads.left + input.width);
  // What is expanded at once begins in a row that is wanted, and ends in one that is not yet.
  step_ = expand || quantized ? kExpandedPixels : input.width;
  ring_rows_ = depthwise.kernel() + (step_ == input.width ? 0 : divide_up(step_ - 1, input.width));
  const int fresh = expand || quantized ? step_ : 0;  // pixels on their way to the ring
  slot_values_ = (static_cast<std::size_t>(ring_rows_) * row_pixels_ + fresh) * group_ + ThreadPool::kApart;
  past_caches_ = output.values() * sizeof(float) > kFarBytes;
  quantized_values_ = quantized ? QuantizedRows::floats(input.all_positions(), input.channels) : 0;
  return make_expansions();
}

Status ExpandDepthwise::make_expansions() {
  counts_.clear();
  expansions_.clear();
  if (!expand_) return {};
  for (std::size_t i = 0; i < tasks(); ++i) {
    const Task each = task(i);
    int left = (end_of_seen(each.last_row) - first_seen(each)) * input_.width;
    for (int count; left > 0; left -= count) {
      count = next_step(left);
      if (std::ranges::find(counts_, count) == counts_.end()) counts_.push_back(count);
    }
  }
  for (int slot = 0; slot < threads_; ++slot)
    for (int group = 0; group < groups_; ++group)
      for (const int count : counts_) {
        const int first = group * group_, channels = std::min(group_, output_.channels - first);
        EFFCAM_TRY(xnnpack::FullyConnected made,
                   xnnpack::FullyConnected::create(*expand_, expand_->values().data(), {first, channels}, count,
                                                   input_.channels, channels));
        expansions_.push_back(std::move(made));
      }
  return {};
}

// Never a last pixel alone: XNNPACK's kernel for a single row adds in another order on some processors, and where a band ends
// depends on the number of threads.
int ExpandDepthwise::next_step(int left) const {
  return expand_ && left == step_ + 1 ? step_ - 1 : std::min(step_, left);
}

double ExpandDepthwise::xnnpack_multiply_adds() const {
  double of_pixels = 0;  // as many as a thread's first operator of each group makes
  for (std::size_t first = 0; first < expansions_.size() / threads_; first += counts_.size())
    of_pixels += expansions_[first].multiply_adds();
  return expansions_.empty() ? 0 : of_pixels * input_.images * input_.positions() / counts_.front();
}

std::size_t ExpandDepthwise::tasks() const {
  return static_cast<std::size_t>(whole_) + static_cast<std::size_t>(output_.images * groups_ - whole_) * bands_;
}

int ExpandDepthwise::first_seen(const Task& task) const {
  return std::max(task.first_row * depthwise_->stride() - pads_.top, 0);
}
int ExpandDepthwise::end_of_seen(int last_row) const {
  return std::min((last_row - 1) * depthwise_->stride() - pads_.top + depthwise_->kernel(), input_.height);
}

ExpandDepthwise::Task ExpandDepthwise::task(std::size_t index) const {
  const auto i = static_cast<int>(index);
  const bool whole = i < whole_;
  const int left = output_.images * groups_ - whole_;  // of a band: all bands' groups are beside each other
  const int bands = whole ? 1 : bands_, band = whole ? 0 : (i - whole_) / left;
  const int group = whole ? i : whole_ + (i - whole_) % left;
  const int first = group % groups_ * group_;
  return {.image = group / groups_,
          .first_channel = first,
          .channels = std::min(group_, output_.channels - first),
          .first_row = output_.height * band / bands,
          .last_row = output_.height * (band + 1) / bands};
}

void ExpandDepthwise::run(const float* in, float* pre, float* out, float* scratch, float* row_sums, float* means,
                          ThreadPool& pool) const {
  Source source{in, {}, 0};
  if (quantized_) {
    const std::size_t rows = input_.all_positions();
    source.rows = QuantizedRows(rows, input_.channels, scratch + slot_values_ * threads_);
    source.rows.fill(in, nullptr, rows, pool);
  }
  pool.parallel_slots(tasks(), [&](std::size_t slot, std::size_t index) {
    run_task(task(index), {source.in, source.rows, slot}, pre, out, scratch + slot * slot_values_, row_sums);
  });
  means_of_rows(output_, row_sums, means);
}

void ExpandDepthwise::run_task(const Task& task, const Source& source, float* pre, float* out, float* ring,
                               float* row_sums) const {
  clear_pads(task, ring);
  int made = first_seen(task) * input_.width;
  const int end = end_of_seen(task.last_row) * input_.width;
  for (int y = task.first_row; y < task.last_row; ++y) {
    for (const int seen = end_of_seen(y + 1) * input_.width; made < seen;) {
      const int count = next_step(end - made);
      make_pixels(task, source, made, count, ring);
      made += count;
    }
    const std::size_t row = static_cast<std::size_t>(task.image) * output_.height + y;
    const std::size_t at = row * output_.width * output_.channels + task.first_channel;
    make_line(task, ring, y, pre ? pre + at : nullptr, out + at, row_sums + row * output_.channels + task.first_channel);
  }
  if (past_caches_) settle_stores();
}

// The pixels between the pads are written with each row.
void ExpandDepthwise::clear_pads(const Task& task, float* ring) const {
  const std::size_t channels = task.channels, left = pads_.left * channels, kept = left + input_.width * channels;
  for (int row = 0; row < ring_rows_; ++row) {
    float* const pixels = ring_row(task, ring, row);
    std::fill_n(pixels, left, 0.0f);
    std::fill_n(pixels + kept, row_pixels_ * channels - kept, 0.0f);
  }
}

float* ExpandDepthwise::ring_row(const Task& task, float* ring, int y) const {
  return ring + static_cast<std::size_t>(y % ring_rows_) * row_pixels_ * task.channels;
}

void ExpandDepthwise::make_pixels(const Task& task, const Source& source, int first, int count, float* ring) const {
  if (expand_ || quantized_) return expand_pixels(task, source, first, count, ring);
  const int y = first / input_.width;
  copy_row(task, source.in + task.image * input_.image_values() + static_cast<std::size_t>(first) * input_.channels,
           ring_row(task, ring, y) + static_cast<std::size_t>(pads_.left) * task.channels);
}

// What the product makes goes to the ring through a swish, row by row to between the pads.
void ExpandDepthwise::expand_pixels(const Task& task, const Source& source, int first, int count, float* ring) const {
  const std::size_t channels = task.channels;
  float* const fresh = ring + static_cast<std::size_t>(ring_rows_) * row_pixels_ * channels;
  const std::size_t pixel = task.image * input_.positions() + first;
  if (quantized_) {
    QuantizedProduct product = quantized_->product(source.rows, pixel, task.first_channel, task.channels);
    product.rows = count;
    product.out = fresh;
    product.out_stride = channels;
    kernels().multiply_quantized(product);
  } else {
    const std::size_t group = source.slot * groups_ + task.first_channel / group_;
    const std::size_t size = std::ranges::find(counts_, count) - counts_.begin();
    expansions_[group * counts_.size() + size].run(source.in + pixel * input_.channels, fresh);
  }
  const auto swish = quantized_ ? kernels().coarse_swish : kernels().swish;
  for (int done = 0; done < count;) {
    const int y = (first + done) / input_.width, x = (first + done) % input_.width;
    const int some = std::min(input_.width - x, count - done);
    swish(fresh + done * channels, ring_row(task, ring, y) + (pads_.left + x) * channels, some * channels);
    done += some;
  }
}

void ExpandDepthwise::copy_row(const Task& task, const float* from, float* to) const {
  const std::size_t bytes = task.channels * sizeof(float);
  if (task.channels == input_.channels) {
    std::memcpy(to, from, bytes * input_.width);
  } else {
    for (int x = 0; x < input_.width; ++x)
      std::memcpy(to + static_cast<std::size_t>(x) * task.channels, from + static_cast<std::size_t>(x) * input_.channels + task.first_channel, bytes);
  }
}

void ExpandDepthwise::make_line(const Task& task, float* ring, int y, float* pre, float* out, float* sums) const {
  const int kernel = depthwise_->kernel(), channels = depthwise_->channels();
  DepthwiseLine::Row rows[kMostKernel];
  std::size_t count = 0;
  for (int k = 0; k < kernel; ++k) {
    const int row = y * depthwise_->stride() - pads_.top + k;
    if (row < 0 || row >= input_.height) continue;
    rows[count++] = {ring_row(task, ring, row),
                     depthwise_->weights().data() + static_cast<std::size_t>(k) * kernel * channels + task.first_channel};
  }
  std::fill_n(sums, task.channels, 0.0f);
  kernels().depthwise_line({.rows = {rows, count},
                            .channels = task.channels,
                            .count = output_.width,
                            .in_step = static_cast<std::size_t>(task.channels),
                            .weight_step = static_cast<std::size_t>(channels),
                            .out_step = static_cast<std::size_t>(channels),
                            .bias = depthwise_->bias().data() + task.first_channel,
                            .pre = pre,
                            .out = out,
                            .sums = sums,
                            .coarse = quantized_ != nullptr,
                            .past_caches = past_caches_},
                           kernel, depthwise_->stride());
}

}  // namespace effcam::nn
