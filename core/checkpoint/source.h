// Where a file's bytes come from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace effcam::checkpoint {

// A file that is read piece by piece, so that never all of it need lie in memory beside the weights made of it.
class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // The bytes from `at` on, to.size() of them, all of which lie in the file. Errors: what the file's owner says.
  [[nodiscard]] virtual Status read(std::uint64_t at, std::span<std::uint8_t> to) const = 0;
};

// Bytes in memory, which must outlive it.
class Bytes final : public Source {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Status read(std::uint64_t at, std::span<std::uint8_t> to) const override {
    std::ranges::copy(bytes_.subspan(static_cast<std::size_t>(at), to.size()), to.begin());
    return {};
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

// The same, its own.
class OwnBytes final : public Source {
 public:
  explicit OwnBytes(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Status read(std::uint64_t at, std::span<std::uint8_t> to) const override {
    return Bytes(bytes_).read(at, to);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace effcam::checkpoint
