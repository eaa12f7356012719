// Errors as values. Every function that can fail by its input returns Result<T>; nothing in core throws, prints or
// aborts because of a file's contents. A bug of our own is EFFCAM_CHECK.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/text.h"

namespace effcam {

// One clear sentence for the user: the file, the place, the reason.
struct Error {
  std::string message;
  // True when the work was stopped because somebody asked for it; such an error is not shown as a failure.
  bool cancelled = false;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// An error made of its parts: fail("'", name, "': ", width, " pixels wide").
template <class... Parts>
[[nodiscard]] std::unexpected<Error> fail(const Parts&... parts) {
  return std::unexpected(Error{text(parts...)});
}
[[nodiscard]] inline std::unexpected<Error> cancelled() { return std::unexpected(Error{"cancelled", true}); }

// The same error with the place it came from in front: "photo.jpg: not an image".
[[nodiscard]] inline std::unexpected<Error> in_context(std::string_view context, Error error) {
  error.message = text(context, ": ", error.message);
  return std::unexpected(std::move(error));
}

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace effcam

#define EFFCAM_JOIN_(a, b) a##b
#define EFFCAM_JOIN(a, b) EFFCAM_JOIN_(a, b)

// Evaluates a Result; returns its error from the enclosing function, or goes on.
#define EFFCAM_RETURN_IF_ERROR(expression)                                                          \
  do {                                                                                              \
    if (auto effcam_status_ = (expression); !effcam_status_)                                        \
      return std::unexpected(std::move(effcam_status_).error());                                    \
  } while (false)

// EFFCAM_TRY(auto image, decode(bytes)); declares `image` or returns the error.
#define EFFCAM_TRY(declaration, expression)                                                         \
  auto EFFCAM_JOIN(effcam_result_, __LINE__) = (expression);                                        \
  if (!EFFCAM_JOIN(effcam_result_, __LINE__))                                                       \
    return std::unexpected(std::move(EFFCAM_JOIN(effcam_result_, __LINE__)).error());               \
  declaration = std::move(*EFFCAM_JOIN(effcam_result_, __LINE__))

// A condition that only a bug of ours can break.
#define EFFCAM_CHECK(condition)                                                                     \
  do {                                                                                              \
    if (!(condition)) [[unlikely]]                                                                  \
      ::effcam::check_failed(#condition, __FILE__, __LINE__);                                       \
  } while (false)
