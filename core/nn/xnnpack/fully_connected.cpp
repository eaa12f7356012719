#include "nn/xnnpack/fully_connected.h"

#include <xnnpack.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

namespace effcam::nn::xnnpack {

namespace {

constexpr std::align_val_t kLine{64};
constexpr float kInfinity = std::numeric_limits<float>::infinity();

[[nodiscard]] Status check(xnn_status status, const char* what) {
  if (status == xnn_status_success) return {};
  if (status == xnn_status_out_of_memory) return fail("not enough memory for XNNPACK to ", what);
  return fail("XNNPACK cannot ", what, " (status ", static_cast<int>(status), ")");
}

[[nodiscard]] Status initialise() {
  static const xnn_status status = xnn_initialize(nullptr);
  return check(status, "start on this processor");
}

struct Create {
  int in, out;
  std::size_t in_stride, out_stride;
  const float *weights, *bias;
};
[[nodiscard]] xnn_status create(const Create& c, xnn_weights_cache_provider& cache, xnn_operator_t* made) {
  return xnn_create_fully_connected_nc_f32(c.in, c.out, c.in_stride, c.out_stride, c.weights, c.bias, -kInfinity, kInfinity, 0,
                                           nullptr, &cache, made);
}

// ---- where packed weights lie --------------------------------------------------------------------------------------------
//
// XNNPACK asks a provider of a cache where the packed weights of a key are, and the key is a pointer to the weights. While a
// matrix is packed the provider knows none, and lends memory to pack into. When operators are made later the source is gone,
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
std::size_t address_of(void*, const xnn_weights_cache_look_up_key*, void* packed, std::size_t) {
  return reinterpret_cast<std::size_t>(packed);
}
bool always(void*) { return true; }
void* at(void*, std::size_t address) { return reinterpret_cast<void*>(address); }
xnn_status nothing_to_delete(void*) { return xnn_status_success; }

// Stateless, so that operators may point to it for ever.
xnn_weights_cache_provider packed_already{.context = nullptr,
                                          .look_up = itself,
                                          .reserve_space = lend_nothing,
                                          .look_up_or_insert = address_of,
                                          .is_finalized = always,
                                          .offset_to_addr = at,
                                          .delete_cache = nothing_to_delete};

[[nodiscard]] Result<Lent> pack_weights(int in, int out, const float* weights, const float* bias) {
  Lent lent;
  xnn_weights_cache_provider lender = packed_already;
  lender.context = &lent;
  lender.look_up = none;
  lender.reserve_space = lend;
  xnn_operator_t made = nullptr;
  const Create what{in, out, static_cast<std::size_t>(in), static_cast<std::size_t>(out), weights, bias};
  EFFCAM_RETURN_IF_ERROR(check(create(what, lender, &made), "pack weights"));
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
  EFFCAM_TRY(const Lent packed, pack_weights(kInputs, kOutputs, weights.data(), nullptr));
  const int floats = static_cast<int>(packed.bytes / sizeof(float));
  return Layout{floats / (kInputs + 1), floats % (kInputs + 1) == 0 ? 1 : 4};
}

[[nodiscard]] const Result<Layout>& layout() {
  static const Result<Layout> once = measured_layout();
  return once;
}

}  // namespace

void FreeAligned::operator()(float* memory) const { ::operator delete(memory, kLine); }

AlignedFloats allocate_floats(std::size_t count) {
  return AlignedFloats(static_cast<float*>(::operator new(count * sizeof(float), kLine, std::nothrow)));
}

Result<PackedMatrix> PackedMatrix::pack(int in, int out, std::span<const float> weights, std::span<const float> bias) {
  EFFCAM_CHECK(in > 0 && out > 0 && weights.size() == static_cast<std::size_t>(in) * out);
  EFFCAM_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(out));
  EFFCAM_RETURN_IF_ERROR(initialise());
  EFFCAM_TRY(const Layout lies, layout());
  EFFCAM_TRY(Lent packed, pack_weights(in, out, weights.data(), bias.empty() ? nullptr : bias.data()));
  PackedMatrix made;
  made.in_ = in;
  made.out_ = out;
  made.tile_ = lies.tile;
  made.unit_ = lies.unit;
  made.count_ = packed.bytes / sizeof(float);
  made.values_ = std::move(packed.memory);
  // A matrix that XNNPACK packs for another kernel than the layout's would give wrong numbers.
  const std::size_t tiles = (static_cast<std::size_t>(out) + made.tile_ - 1) / made.tile_;
  constexpr std::size_t kMostRounding = 64;  // floats, to whole lines of a cache
  const std::size_t needed = tiles * made.tile_values();
  if (made.count_ < needed || made.count_ >= needed + kMostRounding)
    return fail("XNNPACK packs a matrix of ", out, " × ", in, " otherwise than others");
  return made;
}

std::size_t PackedMatrix::tile_values() const {
  const std::size_t inputs = static_cast<std::size_t>((in_ + unit_ - 1) / unit_) * unit_;
  return tile_ * (1 + inputs);
}

Result<FullyConnected> FullyConnected::create(const PackedMatrix& matrix, const float* packed, Outputs outputs,
                                              std::size_t rows, std::size_t in_stride, std::size_t out_stride) {
  EFFCAM_CHECK(outputs.first % matrix.tile() == 0 && outputs.first + outputs.count <= matrix.out());
  const float* from = packed + outputs.first / matrix.tile() * matrix.tile_values();
  xnn_operator_t op = nullptr;
  const Create what{matrix.in(), outputs.count, in_stride, out_stride, from, nullptr};
  EFFCAM_RETURN_IF_ERROR(check(xnnpack::create(what, packed_already, &op), "make an operator"));
  FullyConnected made(op);
  EFFCAM_RETURN_IF_ERROR(check(xnn_reshape_fully_connected_nc_f32(op, rows, nullptr), "plan an operator"));
  return made;
}

void FullyConnected::run(const float* in, float* out) const {
  EFFCAM_CHECK(xnn_setup_fully_connected_nc_f32(operator_.get(), in, out) == xnn_status_success);
  EFFCAM_CHECK(xnn_run_operator(operator_.get(), nullptr) == xnn_status_success);
}

void FullyConnected::Delete::operator()(xnn_operator* made) const { xnn_delete_operator(made); }

}  // namespace effcam::nn::xnnpack
