// Arithmetic on sizes that a file supplies: every overflow is seen.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

namespace effcam {

template <std::unsigned_integral T>
[[nodiscard]] std::optional<T> checked_multiply(T a, T b) {
  T product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

template <std::unsigned_integral T>
[[nodiscard]] std::optional<T> checked_add(T a, T b) {
  T sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

}  // namespace effcam
