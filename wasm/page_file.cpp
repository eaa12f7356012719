#include "wasm/page_file.h"

#include <emscripten.h>

EM_JS(void, read_page_file, (int file, double at, std::uint8_t* to, std::size_t size),
      { Module['readFile'](file, at, to, size); });
EM_JS(void, drop_page_file, (int file), { Module['dropFile'](file); });

namespace effcam::wasm {

PageFile::~PageFile() { drop_page_file(handle_); }

Status PageFile::read(std::uint64_t at, std::span<std::uint8_t> to) const {
  read_page_file(handle_, static_cast<double>(at), to.data(), to.size());
  return {};
}

}  // namespace effcam::wasm
