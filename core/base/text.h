// Text from parts, without streams or locale (GCC 12 has no std::format).
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace effcam {

namespace detail {
inline void append(std::string& to, std::string_view part) { to += part; }
inline void append(std::string& to, char part) { to += part; }
// Only bool itself: a plain overload would take string literals (a pointer converts to bool before it does to a view).
template <std::same_as<bool> T>
void append(std::string& to, T part) {
  to += part ? "true" : "false";
}
template <std::integral T>
  requires(!std::same_as<T, bool>)
void append(std::string& to, T part) {
  char digits[24];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, part).ptr);
}
// The shortest digits that read back as the same value.
template <std::floating_point T>
void append(std::string& to, T part) {
  char digits[64];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, part).ptr);
}
}  // namespace detail

template <class... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
  std::string joined;
  (detail::append(joined, parts), ...);
  return joined;
}

// `value` with a fixed number of decimals: fixed(0.12345, 2) == "0.12".
[[nodiscard]] inline std::string fixed(double value, int decimals) {
  char digits[400];
  return {digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals).ptr};
}

}  // namespace effcam
