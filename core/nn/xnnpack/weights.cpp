#include "nn/xnnpack/weights.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

#include "nn/xnnpack/operator.h"
#include "nn/xnnpack/tile.h"

namespace effcam::nn::xnnpack {

namespace {

constexpr std::align_val_t kLine{64};

// ---- XNNPACK's memory ----------------------------------------------------------------------------------------------------

std::atomic<std::size_t> bytes_of_operators = 0;

// Before each block is its size, a whole line so that the block begins one.
constexpr std::size_t kBefore = static_cast<std::size_t>(kLine);
char* start_of(void* block) { return static_cast<char*>(block) - kBefore; }
std::size_t& size_of(void* block) { return *reinterpret_cast<std::size_t*>(start_of(block)); }

void* allocate(void*, std::size_t bytes) {
  if (bytes > SIZE_MAX - kBefore) return nullptr;
  void* start = ::operator new(bytes + kBefore, kLine, std::nothrow);
  if (!start) return nullptr;
  void* block = static_cast<char*>(start) + kBefore;
  size_of(block) = bytes;
  bytes_of_operators.fetch_add(bytes, std::memory_order_relaxed);
  return block;
}
void deallocate(void*, void* block) {
  if (!block) return;
  bytes_of_operators.fetch_sub(size_of(block), std::memory_order_relaxed);
  ::operator delete(start_of(block), kLine);
}
void* reallocate(void* context, void* block, std::size_t bytes) {
  void* moved = allocate(context, bytes);
  if (!moved || !block) return moved;
  std::memcpy(moved, block, std::min(bytes, size_of(block)));
  deallocate(context, block);
  return moved;
}
void* allocate_aligned(void* context, std::size_t alignment, std::size_t bytes) {
  return alignment <= kBefore ? allocate(context, bytes) : nullptr;
}

constexpr xnn_allocator kCounted{.context = nullptr,
                                 .allocate = allocate,
                                 .reallocate = reallocate,
                                 .deallocate = deallocate,
                                 .aligned_allocate = allocate_aligned,
                                 .aligned_deallocate = deallocate};

}  // namespace

Status initialise() {
  static const xnn_status status = xnn_initialize(&kCounted);
  return check(status, "start on this processor");
}

std::size_t operator_bytes() { return bytes_of_operators.load(std::memory_order_relaxed); }

namespace {

// ---- where packed weights lie --------------------------------------------------------------------------------------------
//
// XNNPACK asks a provider of a cache where the packed weights of a key are, and the key is a pointer to the weights. While
// weights are packed the provider knows none, and lends memory to pack into. When operators are made later the source is gone,
// and what stands for it is the pointer to the packed weights themselves: the answer is the question.

struct Lent {
  AlignedFloats memory;
  std::size_t bytes = 0;
};

std::size_t none(void*, const xnn_weights_cache_look_up_key*) { return SIZE_MAX; }
std::size_t itself(void*, const xnn_weights_cache_look_up_key* key) { return reinterpret_cast<std::size_t>(key->kernel); }
void* lend(void* context, std::size_t bytes) {
  Lent& lent = *static_cast<Lent*>(context);
  lent.bytes = bytes;
  lent.memory = allocate_floats((bytes + sizeof(float) - 1) / sizeof(float));
  return lent.memory.get();
}
void* lend_nothing(void*, std::size_t) { return nullptr; }
// A convolution inserts what it has found, too: it then has nothing packed itself.
std::size_t address_of(void*, const xnn_weights_cache_look_up_key* key, void* packed, std::size_t) {
  return reinterpret_cast<std::size_t>(packed ? packed : key->kernel);
}
bool always(void*) { return true; }
void* at(void*, std::size_t address) { return reinterpret_cast<void*>(address); }
xnn_status nothing_to_delete(void*) { return xnn_status_success; }

[[nodiscard]] Result<Lent> pack_weights(int in, int out, int kernel, const float* weights, const float* bias) {
  Lent lent;
  xnn_weights_cache_provider lender = packed_already();
  lender.context = &lent;
  lender.look_up = none;
  lender.reserve_space = lend;
  const TileHeight own;
  xnn_operator_t made = nullptr;
  const xnn_status status =
      kernel == 1 ? xnn_create_fully_connected_nc_f32(in, out, in, out, weights, bias, -kInfinity, kInfinity, 0, nullptr, &lender,
                                                      &made)
                  : xnn_create_convolution2d_nhwc_f32(0, 0, 0, 0, kernel, kernel, 1, 1, 1, 1, 1, in, out, in, out, weights, bias,
                                                      -kInfinity, kInfinity, 0, nullptr, &lender, &made);
  EFFCAM_RETURN_IF_ERROR(check(status, "pack weights"));
  xnn_delete_operator(made);
  return lent;
}

// ---- how they lie --------------------------------------------------------------------------------------------------------

struct Layout {
  int tile, unit;  // outputs of a tile; inputs that are interleaved
};

// XNNPACK does not say, but the size of a packed matrix of less than a tile of outputs does: it is tile·(1 + inputs rounded up
// to the unit) floats, which of 1023 inputs are a multiple of 1024 only where nothing is interleaved.
[[nodiscard]] Result<Layout> measured_layout() {
  constexpr int kOutputs = 3, kInputs = 1023;
  const std::vector<float> weights(kOutputs * kInputs);
  EFFCAM_TRY(const Lent packed, pack_weights(kInputs, kOutputs, 1, weights.data(), nullptr));
  const int floats = static_cast<int>(packed.bytes / sizeof(float));
  return Layout{floats / (kInputs + 1), floats % (kInputs + 1) == 0 ? 1 : 4};
}

[[nodiscard]] const Result<Layout>& layout() {
  static const Result<Layout> once = measured_layout();
  return once;
}

}  // namespace

xnn_weights_cache_provider& packed_already() {
  static xnn_weights_cache_provider provider{.context = nullptr,
                                             .look_up = itself,
                                             .reserve_space = lend_nothing,
                                             .look_up_or_insert = address_of,
                                             .is_finalized = always,
                                             .offset_to_addr = at,
                                             .delete_cache = nothing_to_delete};
  return provider;
}

void DeleteOperator::operator()(xnn_operator* made) const { xnn_delete_operator(made); }
void FreeAligned::operator()(float* memory) const { ::operator delete(memory, kLine); }

AlignedFloats allocate_floats(std::size_t count) {
  return AlignedFloats(static_cast<float*>(::operator new(count * sizeof(float), kLine, std::nothrow)));
}

Result<PackedWeights> PackedWeights::pack(int in, int out, int kernel, std::span<const float> weights,
                                          std::span<const float> bias) {
  EFFCAM_CHECK(in > 0 && out > 0 && kernel > 0 && weights.size() == static_cast<std::size_t>(in) * out * kernel * kernel);
  EFFCAM_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(out));
  EFFCAM_RETURN_IF_ERROR(initialise());
  EFFCAM_TRY(const Layout lies, layout());
  EFFCAM_TRY(Lent packed, pack_weights(in, out, kernel, weights.data(), bias.empty() ? nullptr : bias.data()));
  PackedWeights made;
  made.in_ = in;
  made.out_ = out;
  made.kernel_ = kernel;
  made.tile_ = lies.tile;
  made.unit_ = lies.unit;
  made.count_ = packed.bytes / sizeof(float);
  made.values_ = std::move(packed.memory);
  // Weights that XNNPACK packs for another kernel than the layout's would give wrong numbers.
  const std::size_t tiles = (static_cast<std::size_t>(out) + made.tile_ - 1) / made.tile_;
  constexpr std::size_t kMostRounding = 64;  // floats, to whole lines of a cache
  const std::size_t needed = tiles * made.tile_values();
  if (made.count_ < needed || made.count_ >= needed + kMostRounding)
    return fail("XNNPACK packs weights of ", out, " × ", kernel, " × ", kernel, " × ", in, " otherwise than others");
  return made;
}

std::size_t PackedWeights::tile_values() const {
  const std::size_t inputs = static_cast<std::size_t>((in_ + unit_ - 1) / unit_) * unit_;
  return tile_ * (1 + inputs * kernel_ * kernel_);
}

}  // namespace effcam::nn::xnnpack
