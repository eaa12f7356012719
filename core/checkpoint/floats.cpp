// Widening the file's number formats to f32.
#include <bit>
#include <cmath>
#include <cstring>

#include "checkpoint/checkpoint.h"
#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian, and so are our machines");

float from_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  const std::uint32_t magnitude = half & 0x7FFF;
  if (magnitude >= 0x7C00) return std::bit_cast<float>(sign | 0x7F800000 | (magnitude & 0x3FF) << 13);  // ∞, NaN
  // Subnormal halves are multiples of 2⁻²⁴; the others move the exponent's bias from 15 to 127.
  if (magnitude < 0x400) return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24f));
  return std::bit_cast<float>(sign | ((magnitude << 13) + (112u << 23)));
}

float from_bfloat(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

template <float (*widen)(std::uint16_t)>
Status widen_all(const Source& source, const Tensor& tensor, std::span<float> out) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(tensor.size));
  EFFCAM_RETURN_IF_ERROR(source.read(tensor.at, bytes));
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint16_t bits;
    std::memcpy(&bits, bytes.data() + 2 * i, 2);
    out[i] = widen(bits);
  }
  return {};
}

Status widen(const Source& source, const Tensor& tensor, std::span<float> out) {
  switch (tensor.dtype) {
    case DType::f32: return source.read(tensor.at, {reinterpret_cast<std::uint8_t*>(out.data()), out.size_bytes()});
    case DType::f16: return widen_all<from_half>(source, tensor, out);
    case DType::bf16: return widen_all<from_bfloat>(source, tensor, out);
    default: return fail("tensor ", in_quotes(tensor.name), " is ", tensor.dtype_name, "; weights are F32, F16 or BF16");
  }
}

// Of all at once, which the compiler does in vectors: a checkpoint has millions, and hardly ever one that is not finite.
bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000;
  std::uint32_t odd = 0;
  for (const float value : values) odd |= (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1 : 0;
  return odd == 0;
}

}  // namespace

Status read_floats(const Source& source, const Tensor& tensor, std::span<float> out) {
  EFFCAM_CHECK(static_cast<std::int64_t>(out.size()) == tensor.elements());
  EFFCAM_RETURN_IF_ERROR(widen(source, tensor, out));
  if (all_finite(out)) return {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (std::isfinite(out[i])) continue;
    return fail("tensor ", in_quotes(tensor.name), ": the value at index ", i, " is ",
                std::isnan(out[i]) ? "not a number (NaN)" : "infinite");
  }
  return {};
}

}  // namespace effcam::checkpoint
