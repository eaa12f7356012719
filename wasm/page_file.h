// A file that JavaScript keeps (web/program.js: keepFile), read piece by piece: WebAssembly's memory only ever grows, and
// would keep the room of a whole checkpoint beside the weights made of it.
#pragma once

#include "checkpoint/source.h"

namespace effcam::wasm {

class PageFile final : public checkpoint::Source {
 public:
  PageFile(int handle, std::uint64_t size) : handle_(handle), size_(size) {}
  ~PageFile() override;  // JavaScript drops the file
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Status read(std::uint64_t at, std::span<std::uint8_t> to) const override;

 private:
  int handle_;
  std::uint64_t size_;
};

}  // namespace effcam::wasm
