// Text from a file, fit to stand in a message.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"

namespace effcam::checkpoint {

// In single quotes, cut to 120 bytes, control characters replaced: a file cannot drive the terminal that shows it.
[[nodiscard]] inline std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  const bool cut = name.size() > kLongest;
  std::size_t end = cut ? kLongest : name.size();
  // Not in the middle of a UTF-8 character.
  while (cut && end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  std::string shown;
  for (const char c : name.substr(0, end)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return text("'", shown, cut ? "…'" : "'");
}

// "[32, 3, 3, 3]"
template <class Numbers>
[[nodiscard]] std::string shape_text(const Numbers& shape) {
  std::string shown = "[";
  for (const auto side : shape) shown += text(shown.size() > 1 ? ", " : "", side);
  return shown + "]";
}

}  // namespace effcam::checkpoint
